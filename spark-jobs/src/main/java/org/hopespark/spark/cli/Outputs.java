// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.report.TextFiles;

/** Where results go: checked before the work, so that nobody computes for hours to be refused. */
final class Outputs {
  private Outputs() {}

  /**
   * Checks that there is nothing at a path.
   *
   * @throws InvalidUsageException if there is
   */
  static void requireAbsent(TextFiles files, String path) {
    if (files.exists(path)) {
      throw new InvalidUsageException(
          "Invalid --output [%s]: it exists already. Remove it, or name another output."
              .formatted(path));
    }
  }
}
