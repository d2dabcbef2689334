// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.hopespark.spark.exchange.ExchangeException;
import org.junit.jupiter.api.Test;

class TestWatchdog {
  private static final UUID RUN = new UUID(2, 2);
  private static final Outcome.Failed FAILURE =
      Outcome.Failed.of(1, 7, new ExchangeException("Lost rank 0: nothing moved."));

  private final Segment segment =
      new Segment(RUN, 3, null, 2, 1, 0, 12, "", "", null, null, "", null);
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final List<Double> started = new ArrayList<>();
  private volatile boolean isSilent;

  private Watchdog watchdog(long millis) {
    return new Watchdog(
        segment,
        Duration.ofMillis(millis),
        () -> isSilent,
        cancelled::countDown,
        seconds -> started.add(seconds));
  }

  @Test
  void aFailureCancelsTheJobAfterTheDeadline() throws Exception {
    try (Watchdog watchdog = watchdog(50)) {
      watchdog.receive(new Watchdog.GivenUp(RUN, 3, FAILURE, "1"));
      assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(watchdog.failures()).containsExactly(FAILURE);
    }
  }

  @Test
  void failuresAreKeptInTheirOrder() {
    Outcome.Failed second = Outcome.Failed.of(0, 7, new IllegalStateException("x"));
    try (Watchdog watchdog = watchdog(60_000)) {
      watchdog.receive(new Watchdog.GivenUp(RUN, 3, FAILURE, "1"));
      watchdog.receive(new Watchdog.GivenUp(RUN, 3, second, "2"));
      assertThat(watchdog.failures()).containsExactly(FAILURE, second);
    }
  }

  @Test
  void anOldGenerationIsNotThisSegmentsFailure() throws Exception {
    try (Watchdog watchdog = watchdog(0)) {
      watchdog.receive(new Watchdog.GivenUp(RUN, 2, FAILURE, "1"));
      watchdog.receive("something else");
      assertThat(watchdog.failures()).isEmpty();
      assertThat(cancelled.await(100, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  @Test
  void aJobThatEndsInTimeIsNotCancelled() throws Exception {
    Watchdog watchdog = watchdog(200);
    watchdog.receive(new Watchdog.GivenUp(RUN, 3, FAILURE, "1"));
    watchdog.close();
    assertThat(cancelled.await(500, TimeUnit.MILLISECONDS)).isFalse();
  }

  @Test
  void aProcessThatFallsSilentEndsTheJob() throws Exception {
    try (Watchdog watchdog = watchdog(60_000)) {
      assertThat(cancelled.await(1500, TimeUnit.MILLISECONDS)).isFalse();
      isSilent = true;
      assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(watchdog.failures()).isEmpty();
    }
  }

  @Test
  void theStartIsReportedWhenTheLastRankIsUnderWay() {
    try (Watchdog watchdog = watchdog(60_000)) {
      watchdog.receive(new Watchdog.UnderWay(RUN, 3, 1, "1"));
      watchdog.receive(new Watchdog.UnderWay(RUN, 2, 0, "2"));
      assertThat(started).isEmpty();
      watchdog.receive(new Watchdog.UnderWay(RUN, 3, 0, "2"));
      assertThat(started).hasSize(1);
      assertThat(started.get(0)).isBetween(0.0, 20.0);
    }
  }

  @Test
  void onlyARankAtWorkCanBeSilent() throws Exception {
    GangPlaces places = new GangPlaces("group");
    assertThat(places.isSilent(Duration.ZERO)).isFalse();
    places.put(0, new GangPlaces.Place("4", "beta"));
    Thread.sleep(20);
    assertThat(places.isSilent(Duration.ofMillis(10))).isTrue();
    assertThat(places.isSilent(Duration.ofMinutes(1))).isFalse();
    places.onExecutorMetricsUpdate(new SparkListenerExecutorMetricsUpdate("4", null, null));
    assertThat(places.isSilent(Duration.ofSeconds(10))).isFalse();
    assertThat(places.awaitEnds(Duration.ZERO)).containsExactly(0);
  }
}
