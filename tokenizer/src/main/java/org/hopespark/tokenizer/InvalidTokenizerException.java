// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/** A tokenizer file, or a request to a tokenizer, that breaks a rule; the message is one line. */
public final class InvalidTokenizerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidTokenizerException(String message) {
    super(message);
  }

  public InvalidTokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}
