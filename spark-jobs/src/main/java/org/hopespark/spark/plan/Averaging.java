// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;

/**
 * How one level is averaged.
 *
 * @param interval training chunks between two averagings
 * @param bytesPerParameter on the wire, in the reduce-scatter and the all-gather together
 */
record Averaging(long interval, int bytesPerParameter) {
  /** A float32 each way: what data parallelism without levels sends. */
  static final int PLAIN = 2 * Float.BYTES;

  static Averaging of(Level level, RunConfig config) {
    return new Averaging(level.period(), PLAIN);
  }
}
