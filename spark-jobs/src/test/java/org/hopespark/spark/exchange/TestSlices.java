// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestSlices {
  @ParameterizedTest
  @CsvSource({"0, 2", "1, 4", "3, 4", "1000003, 8", "536870911, 4"})
  void coverTheRangeOnceAndDifferByOneAtMost(long elements, int size) {
    Slices slices = new Slices(elements, size);
    long covered = 0;
    for (int rank = 0; rank < size; rank++) {
      assertThat(slices.start(rank)).isEqualTo(covered);
      assertThat(slices.length(rank)).isBetween(elements / size, elements / size + 1);
      covered += slices.length(rank);
    }
    assertThat(covered).isEqualTo(elements);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "262144, 1", "262145, 2", "600000, 3"})
  void framesCoverTheirSlice(long elements, int frames) {
    Slices slices = new Slices(elements, 1);
    assertThat(slices.frames(0)).isEqualTo(frames);
    long covered = 0;
    for (int frame = 0; frame < frames; frame++) {
      assertThat(slices.frameStart(frame)).isEqualTo(covered);
      covered += slices.frameLength(0, frame);
    }
    assertThat(covered).isEqualTo(elements);
  }

  @Test
  void framesStayBelowFourMegabytes() {
    assertThat(Slices.FRAME_ELEMENTS * Float.BYTES).isLessThanOrEqualTo(4 << 20);
  }
}
