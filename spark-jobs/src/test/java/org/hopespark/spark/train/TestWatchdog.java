// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.hopespark.spark.exchange.ExchangeException;
import org.junit.jupiter.api.Test;

class TestWatchdog {
  private static final UUID RUN = new UUID(2, 2);
  private static final Outcome.Failed FAILURE =
      Outcome.Failed.of(1, new ExchangeException("Lost rank 0: nothing moved."));

  private final Segment segment = new Segment(RUN, 3, null, 2, 1, 0, 12, "", "", null, "", null);
  private final CountDownLatch cancelled = new CountDownLatch(1);

  @Test
  void aFailureCancelsTheJobAfterTheGrace() throws Exception {
    try (Watchdog watchdog = new Watchdog(segment, Duration.ofMillis(50), cancelled::countDown)) {
      watchdog.receive(new Watchdog.GivenUp(RUN, 3, FAILURE));
      assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(watchdog.first()).hasValue(FAILURE);
    }
  }

  @Test
  void anOldGenerationIsNotThisSegmentsFailure() throws Exception {
    try (Watchdog watchdog = new Watchdog(segment, Duration.ZERO, cancelled::countDown)) {
      watchdog.receive(new Watchdog.GivenUp(RUN, 2, FAILURE));
      watchdog.receive("something else");
      assertThat(watchdog.first()).isEmpty();
      assertThat(cancelled.await(100, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  @Test
  void aJobThatEndsInTimeIsNotCancelled() throws Exception {
    Watchdog watchdog = new Watchdog(segment, Duration.ofMillis(200), cancelled::countDown);
    watchdog.receive(new Watchdog.GivenUp(RUN, 3, FAILURE));
    watchdog.close();
    assertThat(cancelled.await(500, TimeUnit.MILLISECONDS)).isFalse();
  }
}
