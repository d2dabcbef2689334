// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

/** Stored bytes are not what they should be. The message is one line that names the file. */
public final class CorruptDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CorruptDataException(String message) {
    super(message);
  }

  public CorruptDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
