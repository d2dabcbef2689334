// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

/**
 * What a user gave cannot be worked on: a missing path, an empty corpus, an output in the way. The
 * message is one line that ends with the remedy.
 */
public final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidInputException(String message) {
    super(message);
  }

  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
