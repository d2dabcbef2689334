// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark;

/** The cluster gave up, not the user's input; the message is the line the user reads. */
public final class ClusterFailureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClusterFailureException(String message) {
    super(message);
  }

  public ClusterFailureException(String message, Throwable cause) {
    super(message, cause);
  }
}
