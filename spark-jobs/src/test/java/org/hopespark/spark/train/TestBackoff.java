// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestBackoff {
  @Test
  void pausesDoubleUpToAMinute() {
    Backoff backoff = new Backoff(10);
    List<Long> pauses = new ArrayList<>();
    while (!backoff.isExhausted()) {
      pauses.add(backoff.pause().toSeconds());
      backoff.fail();
    }
    assertThat(pauses).containsExactly(0L, 1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
  }

  @Test
  void aThousandAttemptsDoNotOverflow() {
    Backoff backoff = new Backoff(1000);
    for (int i = 0; i < 999; i++) {
      backoff.fail();
    }
    assertThat(backoff.isExhausted()).isFalse();
    assertThat(backoff.attempt()).isEqualTo(1000);
    assertThat(backoff.pause().toSeconds()).isEqualTo(60);
  }
}
