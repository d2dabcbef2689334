// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

/**
 * A gradient is not finite, and nothing was updated. The message is what the user reads if the same
 * happens again from the last checkpoint on.
 */
final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotFiniteException(String message) {
    super(message);
  }
}
