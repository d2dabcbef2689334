// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.level;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestLevelSchedule {
  private static final Level EVERY_FOURTH = new Level(2, "mid", 4, 100, 10);

  @ParameterizedTest
  @CsvSource({"1, false", "3, false", "4, true", "5, false", "8, true", "10, true"})
  void isDueAtMultiplesOfThePeriodAndAtTheEnd(long step, boolean due) {
    assertThat(LevelSchedule.due(EVERY_FOURTH, step, 10)).isEqualTo(due);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "4, 0", "5, 4", "8, 4", "9, 8"})
  void intervalsBeginAfterAnUpdate(long step, long start) {
    assertThat(LevelSchedule.intervalStart(EVERY_FOURTH, step)).isEqualTo(start);
  }

  @Test
  void countsTheUpdatesThatHappened() {
    long updates = 0;
    for (long step = 1; step <= 10; step++) {
      updates += LevelSchedule.due(EVERY_FOURTH, step, 10) ? 1 : 0;
      assertThat(LevelSchedule.updates(EVERY_FOURTH, step, 10)).isEqualTo(updates);
    }
    assertThat(updates).isEqualTo(3);
  }

  @Test
  void everyStepBelongsToOneInterval() {
    for (long step = 1; step <= 100; step++) {
      long start = LevelSchedule.intervalStart(EVERY_FOURTH, step);
      assertThat(step - start).isBetween(1L, 4L);
      assertThat(start % 4).isZero();
    }
  }
}
