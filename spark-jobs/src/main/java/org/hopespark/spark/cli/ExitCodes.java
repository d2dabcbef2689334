// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

/** Exit codes, as documented in the README. */
final class ExitCodes {
  static final int DONE = 0;
  static final int OTHER = 1;
  static final int BAD_INPUT = 2;
  static final int BAD_DATA = 3;
  static final int CLUSTER_FAILURE = 4;

  private ExitCodes() {}
}
