// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TestScore {
  @Test
  void dividesNatsByTargetsAndBytes() {
    // 8 nats over 4 targets; 6 of them over 3 text targets of 12 bytes: 6 / (12 ln 2) bits per
    // byte.
    Score score = new Score(8, 6, 4, 12);

    assertThat(score.loss()).isEqualTo(2);
    assertThat(score.perplexity()).isCloseTo(7.38905609893065, within(1e-12));
    assertThat(score.bitsPerByte()).isCloseTo(0.7213475204444817, within(1e-12));
  }

  @Test
  void givesEightBitsPerByteToAUniformModelOfBytes() {
    double uniform = Math.log(256);

    assertThat(new Score(100 * uniform, 100 * uniform, 100, 100).bitsPerByte())
        .isCloseTo(8, within(1e-12));
  }

  @Test
  void addsUpFieldByField() {
    assertThat(Score.NONE.plus(new Score(1, 2, 3, 4)).plus(new Score(10, 20, 30, 40)))
        .isEqualTo(new Score(11, 22, 33, 44));
  }
}
