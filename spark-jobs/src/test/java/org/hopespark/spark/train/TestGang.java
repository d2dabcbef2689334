// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hopespark.model.level.Slices;
import org.junit.jupiter.api.Test;

class TestGang {
  @Test
  void aLongRangeIsExchangedInPartsThatKeepTheOwners() {
    Slices slices = new Slices(List.of(0L, 4L, 7L, 12L));
    // Elements 0 to 5: four of rank 0 and one of rank 1.
    assertThat(Gang.part(slices, 0, 5).bounds()).containsExactly(0L, 4L, 5L, 5L);
    // Elements 5 to 10: two of rank 1 and three of rank 2.
    assertThat(Gang.part(slices, 5, 5).bounds()).containsExactly(0L, 0L, 2L, 5L);
    // And the two that are left.
    assertThat(Gang.part(slices, 10, 5).bounds()).containsExactly(0L, 0L, 0L, 2L);
    assertThat(Gang.part(slices, 0, 99)).isEqualTo(slices);
  }
}
