// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/** Takes pieces and how often each occurs. */
@FunctionalInterface
public interface PieceConsumer {
  /** Takes one piece; the array is the consumer's own. */
  void accept(byte[] piece, long count);
}
