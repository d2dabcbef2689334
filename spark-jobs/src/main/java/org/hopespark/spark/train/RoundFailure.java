// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

/**
 * A rank cannot do its part of a round; as Spark passes it from the task to the driver, and so
 * without its cause, which might not bear the way.
 */
final class RoundFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Outcome.Failed failed;

  RoundFailure(Outcome.Failed failed) {
    super(failed.message());
    this.failed = failed;
  }

  Outcome.Failed failed() {
    return failed;
  }
}
