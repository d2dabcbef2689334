// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TestSlices {
  @Test
  void slicesDifferByAtMostOneElement() {
    // 10 / 4: 2.5 rounded down cumulatively.
    assertThat(Slices.even(10, 4).bounds()).containsExactly(0L, 2L, 5L, 7L, 10L);
  }

  @Test
  void boundsAreMultiplesOfTheBlockButForTheLast() {
    // 3 blocks of 4, the last of them half: one, one and the half for three ranks.
    assertThat(Slices.aligned(10, 4, 3).bounds()).containsExactly(0L, 4L, 8L, 10L);
    assertThat(Slices.aligned(10, 4, 2).bounds()).containsExactly(0L, 4L, 10L);
  }

  @Test
  void ranksBeyondTheBlocksOwnNothing() {
    Slices slices = Slices.aligned(5, 8, 4);
    assertThat(slices.bounds()).containsExactly(0L, 0L, 0L, 0L, 5L);
    assertThat(slices.length(3)).isEqualTo(5);
    assertThat(slices.elements()).isEqualTo(5);
  }

  @Test
  void boundsThatDecreaseAreRefused() {
    assertThatThrownBy(() -> new Slices(List.of(0L, 3L, 2L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must start at 0 and not decrease");
  }
}
