// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TestAxis {
  @Test
  void endsOnTicksAroundTheValues() {
    // 7.6 - 4.1 = 3.5 in 5 intervals is 0.7 each, so ticks stand 1 apart from 4 to 8.
    Axis axis = Axis.covering(4.1, 7.6, 5);

    assertThat(axis).isEqualTo(new Axis(4, 8, 1));
    assertThat(axis.ticks()).containsExactly(4.0, 5.0, 6.0, 7.0, 8.0);
  }

  @Test
  void keepsEndsThatAreTicksAlready() {
    assertThat(Axis.covering(0, 400, 8)).isEqualTo(new Axis(0, 400, 50));
  }

  @Test
  void givesASingleValueRoomOnBothSides() {
    Axis axis = Axis.covering(5, 5, 5);

    assertThat(axis.low()).isLessThan(5);
    assertThat(axis.high()).isGreaterThan(5);
  }

  @Test
  void placesValuesLinearlyInEitherDirection() {
    Axis axis = new Axis(0, 10, 2);

    assertThat(axis.position(2.5, 100, 300)).isEqualTo(150);
    assertThat(axis.position(2.5, 300, 100)).isEqualTo(250);
  }

  @Test
  void coversEveryRangeWithAFewNiceSteps() {
    Random random = new Random(20_261_121);
    for (int i = 0; i < 2_000; i++) {
      double min = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(12) - 4);
      double max = min + random.nextDouble() * Math.pow(10, random.nextInt(12) - 4) + 1e-6;
      Axis axis = Axis.covering(min, max, 6);
      double slack = axis.step() * 1e-6;

      assertThat(axis.low()).as("low of [%s, %s]", min, max).isLessThanOrEqualTo(min + slack);
      assertThat(axis.high()).as("high of [%s, %s]", min, max).isGreaterThanOrEqualTo(max - slack);
      assertThat(axis.ticks()).as("ticks of [%s, %s]", min, max).hasSizeBetween(2, 9);
      double leading = axis.step() / Math.pow(10, Math.floor(Math.log10(axis.step()) + 1e-9));
      assertThat(
              Math.min(
                  Math.abs(leading - 1), Math.min(Math.abs(leading - 2), Math.abs(leading - 5))))
          .isCloseTo(0, within(1e-6));
    }
  }
}
