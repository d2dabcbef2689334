// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.hopespark.model.config.LevelSyncConfig;
import org.hopespark.model.config.SyncConfig;
import org.hopespark.model.level.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestSyncSchedule {
  private static final Level MID = new Level(2, "mid", 4, 0, 10);

  @Test
  void aLevelIsAveragedAtEveryFewOfItsBoundariesAndAtTheEnd() {
    // Boundaries at 4, 8, ..., 28 and the flush at 30; every third of them at 12 and 24.
    assertThat(LongStream.rangeClosed(1, 30).filter(step -> SyncSchedule.due(MID, 3, step, 30)))
        .containsExactly(12L, 24L, 30L);
    assertThat(LongStream.rangeClosed(1, 12).filter(step -> SyncSchedule.due(MID, 1, step, 12)))
        .containsExactly(4L, 8L, 12L);
  }

  @ParameterizedTest
  @CsvSource({"1, 30", "3, 30", "3, 24", "7, 29", "1, 3"})
  void theCountIsThatOfDueSteps(int every, long steps) {
    for (long step = 0; step <= steps; step++) {
      long due =
          LongStream.rangeClosed(1, step)
              .filter(at -> SyncSchedule.due(MID, every, at, steps))
              .count();
      assertThat(SyncSchedule.count(MID, every, step, steps)).isEqualTo(due);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "exact, 1, 0, 4, 1, 0",
    "parameters, 1, 0.5, 4, 1, 0",
    "outer, 4, 0, 8, 1, 0",
    "outer, 10, 0, 1, 0.4, 0.9",
    "outer, 10, 0, 2, 0.6, 0.9",
    "outer, 10, 0, 4, 0.6, 0.9",
    "outer, 10, 0, 8, 0.8, 0.9",
    "outer, 2, 0.7, 8, 0.7, 0.9",
  })
  void theOuterStepFollowsTheTable(
      String mode, int every, double given, int workers, float rate, float momentum) {
    SyncConfig sync =
        new SyncConfig(
            "exact",
            1,
            List.of(new LevelSyncConfig("mid", mode, every)),
            false,
            given,
            0.9,
            workers,
            "float32",
            "p2p",
            60,
            0,
            600,
            5,
            2,
            true,
            0);
    assertThat(OuterStep.of(sync, "mid", workers)).isEqualTo(new OuterStep(rate, momentum));
  }
}
