// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/** A field of a file that a binding may know and the byte-level BPE does not; never leaves here. */
final class UnsupportedFieldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param refusal the field, its value and the rule, without a remedy
   */
  UnsupportedFieldException(String refusal) {
    super(refusal);
  }

  /** What the user is told where there is no binding. */
  InvalidTokenizerException withoutBinding() {
    return new InvalidTokenizerException(
        getMessage()
            + " Use a byte-level BPE file like GPT-2's, or add hope-tokenizer-djl to the class path: its jars in HOPE_JARS, or in --jars of spark-submit.",
        this);
  }
}
