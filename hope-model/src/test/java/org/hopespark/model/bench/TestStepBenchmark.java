// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.InputStream;
import java.util.List;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.bench.StepReport.GroupTime;
import org.hopespark.model.config.RunConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TestStepBenchmark {
  private static final int SHARDS = 2;
  private static final RunConfig CONFIG =
      RunConfig.read(
          InputStream.nullInputStream(),
          List.of(
              "model.vocab-size=300",
              "model.dim=16",
              "model.layers=1",
              "model.heads=2",
              "training.sequence-length=32",
              "training.batch-size=3",
              "training.virtual-shards=" + SHARDS));
  private static StepReport report;

  @BeforeAll
  static void measure() throws InterruptedException {
    report = new StepBenchmark(CONFIG, SHARDS, 2, 5, TokenSource.random(300)).run();
  }

  @Test
  void figuresFollowFromEachOther() {
    assertThat(report.tokensPerStep()).isEqualTo(SHARDS * 3 * 32);
    double median = report.stepSeconds().median();
    assertThat(median).isBetween(report.stepSeconds().min(), report.stepSeconds().max());
    assertThat(report.tokensPerSecond()).isEqualTo(report.tokensPerStep() / median);
    assertThat(report.tokensPerSecondMin()).isLessThanOrEqualTo(report.tokensPerSecond());
    assertThat(report.tokensPerSecondMax()).isGreaterThanOrEqualTo(report.tokensPerSecond());
    assertThat(report.sgemmPeakShare())
        .isCloseTo(report.flopsPerStep() / median / report.sgemmPeak(), within(1e-12));
    assertThat(report.sgemmPeakShare()).isBetween(0.0, 1.0);
  }

  @Test
  void countsAtLeastTheProductsOfTheWeights() {
    // Three products (forward, by input, by weight) for each token with the head's table (300 x
    // 16),
    // the Titans' six matrices (16 x 16) and the SwiGLU of three levels (3 of 16 x 16 each).
    double weights = 300 * 16 + 6 * 256 + 3 * 3 * 256;

    assertThat(report.flopsPerStep()).isGreaterThan(2 * 3 * weights * report.tokensPerStep());
    assertThat(report.modelFlopsPerStep())
        .isGreaterThan(2 * 3 * weights * report.tokensPerStep())
        .isLessThan(report.flopsPerStep());
  }

  @Test
  void sharesOfTimeAddUp() {
    double sum = report.groups().stream().mapToDouble(GroupTime::share).sum();

    assertThat(report.samples()).isPositive();
    assertThat(report.waitingShare()).isBetween(0.0, 1.0);
    assertThat(sum + report.waitingShare()).isGreaterThanOrEqualTo(1 - 1e-9);
    for (GroupTime group : report.groups()) {
      assertThat(group.products() + group.copies() + group.loops())
          .isCloseTo(group.share(), within(1e-12));
    }
  }

  @Test
  void refusesMoreThreadsThanShards() {
    assertThatThrownBy(() -> new StepBenchmark(CONFIG, 3, 1, 1, TokenSource.random(300)))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("Use 2 threads, or set training.virtual-shards to 4.");
  }

  @Test
  void refusesMoreStepsThanTheRunHas() {
    assertThatThrownBy(() -> new StepBenchmark(CONFIG, 1, 1, 1000, TokenSource.random(300)))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("Set training.steps to 2001 or more.");
  }
}
