// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hopespark.model.level.Slices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestFrames {
  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "524288, 1", "524289, 2", "1200000, 3"})
  void coverTheirSlice(long elements, int count) {
    Frames frames = new Frames(new Slices(List.of(0L, 5L, 5L + elements)));
    assertThat(frames.count(1)).isEqualTo(count);
    long next = 5;
    for (int frame = 0; frame < count; frame++) {
      assertThat(frames.start(1, frame)).isEqualTo(next);
      next += frames.length(1, frame);
    }
    assertThat(next).isEqualTo(5 + elements);
  }

  @Test
  void areOneToFourMegabytes() {
    assertThat(Frames.ELEMENTS * Float.BYTES).isBetween(1 << 20, 4 << 20);
  }

  @Test
  void beginWhereATileOfRoundedNumbersBegins() {
    assertThat(Frames.ELEMENTS % BFloat16.TILE).isZero();
  }
}
