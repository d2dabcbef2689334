// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

/** An attempt has failed for a reason that may be gone at the next one. */
final class SegmentFailure extends Exception {
  private static final long serialVersionUID = 1L;

  SegmentFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
