// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/**
 * A library for tokenizer files that are no byte-level BPE. It is found by {@link
 * java.util.ServiceLoader} on the class path, the driver's and every executor's; without one such
 * files are refused.
 *
 * <p>Only the way from text to ids is the library's. What ids stand for, which token ends a text,
 * and that no spelling in a text becomes a special token, is seen to here.
 */
public interface TokenizerBinding {
  /**
   * Opens a tokenizer.
   *
   * @param tokenizerJson a Hugging Face {@code tokenizer.json} without post-processor, truncation
   *     and padding, in which special tokens have texts that no document holds
   * @throws InvalidTokenizerException if the library does not accept it, or cannot be loaded
   */
  Encoder open(String tokenizerJson);

  /** Text to ids; safe from many threads. It frees what it holds when nothing refers to it. */
  @FunctionalInterface
  interface Encoder {
    /**
     * Ids of a text, as Hugging Face tokenizers give them; nothing is put before or behind them.
     *
     * @param text whole characters: no surrogate stands alone
     */
    int[] encode(String text);
  }
}
