// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;

/** A segment in rounds has failed; another attempt may help. */
final class RoundsException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Outcome.Failed> failures;

  /**
   * @param failures that came with the end of the job
   */
  RoundsException(String message, List<Outcome.Failed> failures, Throwable cause) {
    super(message, cause);
    this.failures = failures;
  }

  List<Outcome.Failed> failures() {
    return failures;
  }
}
