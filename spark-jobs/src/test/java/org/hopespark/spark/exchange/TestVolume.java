// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hopespark.model.level.Slices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestVolume {
  @ParameterizedTest
  @CsvSource({"0, 2", "1, 2", "7, 2", "1000, 4", "1003, 4", "17, 8", "5, 16"})
  void ranksTogetherSendTwicePerElementAndPeer(long parameters, int size) {
    long total = 0;
    for (int rank = 0; rank < size; rank++) {
      total += Volume.perSynchronisation(Slices.even(parameters, size), rank, Wire.FLOAT32);
    }
    assertThat(total).isEqualTo(2L * (size - 1) * parameters * 4);
  }

  @Test
  void isTheRingFormulaWhenSlicesAreEqual() {
    // 2 (N-1)/N * P * 4 bytes = 2 * 3/4 * 1000 * 4
    assertThat(Volume.perSynchronisation(Slices.even(1000, 4), 3, Wire.FLOAT32)).isEqualTo(6000);
  }

  @Test
  void ofUnevenSlicesIsWhatTheRankDoesNotOwnAndItsOwnToEveryPeer() {
    Slices slices = new Slices(List.of(0L, 700L, 700L, 1000L));
    // Rank 0: 300 of others + 2 * 700; rank 1: 1000 + nothing; rank 2: 700 + 2 * 300; 2 bytes each.
    assertThat(Volume.perSynchronisation(slices, 0, Wire.BFLOAT16)).isEqualTo(3400);
    assertThat(Volume.perSynchronisation(slices, 1, Wire.BFLOAT16)).isEqualTo(2000);
    assertThat(Volume.perSynchronisation(slices, 2, Wire.BFLOAT16)).isEqualTo(2600);
  }

  @Test
  void headersAreOfEveryFrameToEveryPeer() {
    // Frames of 524,288 elements: slices of 2, 1 (empty) and 1 frames.
    Slices slices = new Slices(List.of(0L, 600_000L, 600_000L, 700_000L));
    // Rank 0: 1 + 1 of others + 2 * 2; rank 1: 2 + 1 + 2 * 1; rank 2: 2 + 1 + 2 * 1.
    assertThat(Volume.headers(slices, 0)).isEqualTo(6 * 39);
    assertThat(Volume.headers(slices, 1)).isEqualTo(5 * 39);
    assertThat(Volume.headers(slices, 2)).isEqualTo(5 * 39);
  }

  @Test
  void ofOneWorkerIsNothing() {
    assertThat(Volume.perSynchronisation(Slices.even(1000, 1), 0, Wire.FLOAT32)).isZero();
  }
}
