// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model;

/**
 * A checkpoint file whose bytes, names or shapes are not what they have to be; the message is one
 * line.
 */
public final class CorruptCheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CorruptCheckpointException(String message) {
    super(message);
  }

  public CorruptCheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
