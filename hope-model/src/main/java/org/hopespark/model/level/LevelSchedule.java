// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.level;

/** Eq. 71's condition {@code i = 0 mod C(l)}; steps count from 1. */
public final class LevelSchedule {
  private LevelSchedule() {}

  /**
   * Whether {@code level} is updated at the end of {@code step}. The last step of a run flushes
   * every level, so that no gradient is thrown away.
   */
  public static boolean due(Level level, long step, long steps) {
    return step % level.period() == 0 || step == steps;
  }

  /**
   * The step after which the accumulator of {@code level} was last empty, at the start of {@code
   * step}; 0 at first.
   */
  public static long intervalStart(Level level, long step) {
    return (step - 1) / level.period() * level.period();
  }

  /** Number of updates of {@code level} in steps 1 to {@code step} of a run of {@code steps}. */
  public static long updates(Level level, long step, long steps) {
    long regular = step / level.period();
    return step == steps && step % level.period() != 0 ? regular + 1 : regular;
  }
}
