// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Functions of one number against {@code java.lang.Math} in double. */
class TestExponential {
  @Test
  void exponentialIsWithinTwoPartsInTenMillion() {
    for (float x = -87; x <= 88; x += 0.00371f) {
      double expected = Math.exp(x);
      assertThat((double) Exponential.of(x))
          .as("exp(%s)", x)
          .isCloseTo(expected, within(2.5e-7 * expected));
    }
  }

  @Test
  void exponentialOfZeroIsOne() {
    assertThat(Exponential.of(0)).isEqualTo(1);
    assertThat(Exponential.of(-0f)).isEqualTo(1);
  }

  @Test
  void exponentialStaysFiniteAndPositive() {
    assertThat(Exponential.of(1000)).isFinite().isGreaterThan(1e38f);
    assertThat(Exponential.of(-1000)).isPositive().isLessThan(2e-38f);
    assertThat(Exponential.of(Float.NaN)).isNaN();
  }

  @Test
  void logisticSumsToOneWithItsMirror() {
    for (float x = -30; x <= 30; x += 0.7f) {
      assertThat((double) Logistic.value(x)).isCloseTo(1 / (1 + Math.exp(-x)), within(3e-7));
      assertThat((double) Logistic.value(x) + Logistic.value(-x)).isCloseTo(1, within(3e-7));
    }
    assertThat(Logistic.value(Float.NaN)).isNaN();
    assertThat(Logistic.value(0)).isEqualTo(0.5f);
  }
}
