// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestSameNumbers {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sync.workers=4",
        "sync.timeout-seconds=7",
        "sync.min-workers=1",
        "sync.capacity-timeout-seconds=7",
        "sync.lanes=2",
        "sync.port=7000",
        "sync.attempts=7",
        "checkpoint.every-steps=3",
        "checkpoint.keep=1",
        "training.log-every=1"
      })
  void howTheWorkIsDoneMakesNoDifference(String override) {
    assertThat(SameNumbers.difference(TinyRun.config(), TinyRun.config(override))).isEmpty();
    assertThat(SameNumbers.digest(TinyRun.config(override)))
        .isEqualTo(SameNumbers.digest(TinyRun.config()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed=8",
        "model.dim=32",
        "training.steps=13",
        "training.virtual-shards=2",
        "optimizer.clip-norm=0.5"
      })
  void whatDecidesTheNumbersIsNamed(String override) {
    assertThat(SameNumbers.difference(TinyRun.config(), TinyRun.config(override)))
        .hasValueSatisfying(
            line -> assertThat(line).startsWith(override.substring(0, override.indexOf('='))));
    assertThat(SameNumbers.digest(TinyRun.config(override)))
        .isNotEqualTo(SameNumbers.digest(TinyRun.config()));
  }

  @Test
  void levelsAreComparedToo() {
    assertThat(
            SameNumbers.difference(
                TinyRun.config(), TinyRun.config("model.cms=[{name: fast, period: 2}]")))
        .hasValueSatisfying(line -> assertThat(line).startsWith("model.cms"));
  }
}
