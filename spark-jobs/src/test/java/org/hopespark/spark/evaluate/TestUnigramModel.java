// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TestUnigramModel {
  private static final double ROUNDING = 1e-12;

  @Test
  void addsOneToEveryCount() {
    // counts 6, 1, 0 over V = 3: probabilities 7/10, 2/10, 1/10.
    UnigramModel model = new UnigramModel(new long[] {6, 1, 0});

    assertThat(model.loss(0)).isCloseTo(-Math.log(0.7), within(ROUNDING));
    assertThat(model.loss(1)).isCloseTo(-Math.log(0.2), within(ROUNDING));
    assertThat(model.loss(2)).isCloseTo(-Math.log(0.1), within(ROUNDING));
  }

  @Test
  void weighsEachLossByHowOftenItsTokenIsATarget() {
    UnigramModel model = new UnigramModel(new long[] {6, 1, 0});

    // (2 ln(10/7) + 0 + 3 ln 10) / 5
    assertThat(model.meanLoss(new long[] {2, 0, 3}))
        .isCloseTo((2 * Math.log(10 / 7.0) + 3 * Math.log(10)) / 5, within(ROUNDING));
  }

  @Test
  void isUniformWithoutTrainingData() {
    assertThat(new UnigramModel(new long[2048]).meanLoss(counts(2048, 17)))
        .isCloseTo(Math.log(2048), within(ROUNDING));
  }

  @Test
  void isAProbabilityDistribution() {
    long[] counts = counts(1000, 3);
    UnigramModel model = new UnigramModel(counts);
    double sum = 0;
    for (int token = 0; token < counts.length; token++) {
      sum += Math.exp(-model.loss(token));
    }

    assertThat(sum).isCloseTo(1, within(1e-9));
  }

  private static long[] counts(int vocabularySize, int factor) {
    long[] counts = new long[vocabularySize];
    for (int token = 0; token < vocabularySize; token++) {
      counts[token] = (long) token * factor % 11;
    }

    return counts;
  }
}
