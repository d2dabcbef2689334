// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark;

/**
 * A command was given something that it cannot work with; the message is the line the user reads.
 */
public final class InvalidUsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidUsageException(String message) {
    super(message);
  }

  public InvalidUsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
