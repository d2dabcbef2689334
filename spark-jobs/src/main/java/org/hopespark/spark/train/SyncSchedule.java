// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;

/** At which of its boundaries a level is averaged over the workers: a function of the step. */
final class SyncSchedule {
  private SyncSchedule() {}

  /**
   * Whether {@code level} is averaged at the end of {@code step}: at every {@code every}-th of its
   * boundaries, and at the last step of the run, where every level is flushed.
   */
  static boolean due(Level level, int every, long step, long steps) {
    return LevelSchedule.due(level, step, steps)
        && (step == steps || step % ((long) level.period() * every) == 0);
  }

  /** Number of averagings of {@code level} in steps 1 to {@code step} of a run of {@code steps}. */
  static long count(Level level, int every, long step, long steps) {
    long interval = (long) level.period() * every;
    long regular = step / interval;
    return step == steps && step % interval != 0 ? regular + 1 : regular;
  }
}
