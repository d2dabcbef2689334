// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.time.Duration;

/**
 * The attempts at one segment: how many are left, and a pause before each that doubles from one
 * second to a minute, since what fails at once often needs time.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final int attempts;
  private int failed;

  Backoff(int attempts) {
    this.attempts = attempts;
  }

  /** Counts a failure. */
  void fail() {
    failed++;
  }

  boolean isExhausted() {
    return failed >= attempts;
  }

  /** Number of the attempt that is next or under way, from 1. */
  int attempt() {
    return failed + 1;
  }

  int attempts() {
    return attempts;
  }

  /** Before the next attempt; zero before the first. */
  Duration pause() {
    if (failed == 0) {
      return Duration.ZERO;
    }
    long factor = 1L << Math.min(failed - 1, 30);
    Duration grown = FIRST.multipliedBy(factor);
    return grown.compareTo(LONGEST) < 0 ? grown : LONGEST;
  }
}
