// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestVolume {
  @ParameterizedTest
  @CsvSource({"0, 2", "1, 2", "7, 2", "1000, 4", "1003, 4", "17, 8", "5, 16"})
  void ranksTogetherSendTwicePerElementAndPeer(long parameters, int size) {
    long total = 0;
    for (int rank = 0; rank < size; rank++) {
      total += Volume.perSynchronisation(parameters, rank, size);
    }
    assertThat(total).isEqualTo(2L * (size - 1) * parameters * 4);
  }

  @Test
  void isTheRingFormulaWhenSlicesAreEqual() {
    // 2 (N-1)/N * P * 4 bytes = 2 * 3/4 * 1000 * 4
    assertThat(Volume.perSynchronisation(1000, 3, 4)).isEqualTo(6000);
  }

  @Test
  void ofOneWorkerIsNothing() {
    assertThat(Volume.perSynchronisation(1000, 0, 1)).isZero();
  }
}
