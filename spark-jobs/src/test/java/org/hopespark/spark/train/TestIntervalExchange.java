// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hopespark.model.level.Level;
import org.hopespark.spark.exchange.LevelTraffic;
import org.junit.jupiter.api.Test;

class TestIntervalExchange {
  private static final List<Level> LEVELS =
      List.of(new Level(0, "core", 1, 0, 10), new Level(1, "slow", 5, 10, 30));
  private static final long SECOND = 1_000_000_000;

  /** A report of every rank; seconds waited for core, and as many and one more in its exchanges. */
  private static List<IntervalReport> reports(double... waited) {
    List<IntervalReport> reports = new ArrayList<>();
    for (int rank = 0; rank < waited.length; rank++) {
      long wait = Math.round(waited[rank] * SECOND);
      reports.add(
          new IntervalReport(
              new UUID(1, 1),
              0,
              rank,
              4,
              List.of(1.0),
              0,
              10,
              0.01,
              List.of(1.0, 1.0),
              List.of(
                  new LevelTraffic(100L + rank, wait + SECOND, wait, List.of()),
                  new LevelTraffic(7, 0, 0, List.of())),
              "executor " + rank + " on host-" + rank));
    }
    return reports;
  }

  private static IntervalExchange exchange(double... waited) {
    return IntervalExchange.of(List.of(), reports(waited), LEVELS, 10);
  }

  @Test
  void aLevelIsTheMeanOverTheRanksAndItsSkewTheirSpread() {
    LevelExchange core = exchange(3, 1, 0.5, 3.5).levels().get("core");

    assertThat(core.bytes()).isEqualTo(100 + 101 + 102 + 103);
    assertThat(core.waitSeconds()).isCloseTo(2, within(1e-9));
    assertThat(core.seconds()).isCloseTo(3, within(1e-9));
    assertThat(core.skewSeconds()).isCloseTo(3, within(1e-9));
  }

  @Test
  void onlyTheIntervalCounts() {
    IntervalExchange exchange = IntervalExchange.of(reports(1, 2), reports(1.5, 5), LEVELS, 10);

    LevelExchange core = exchange.levels().get("core");
    assertThat(core.bytes()).isZero();
    assertThat(core.waitSeconds()).isCloseTo(1.75, within(1e-9));
    assertThat(core.skewSeconds()).isCloseTo(2.5, within(1e-9));
  }

  @Test
  void whomTheOthersWaitForIsNamed() {
    // The others wait 3, 4 and 2 of 10 seconds, rank 2 hardly.
    assertThat(exchange(3, 4, 0.1, 2).straggler())
        .hasValueSatisfying(
            straggler -> {
              assertThat(straggler.rank()).isEqualTo(2);
              assertThat(straggler.waitShare()).isCloseTo(0.3, within(1e-9));
              assertThat(straggler.describe())
                  .startsWith("Waiting for rank 2 (executor 2 on host-2): the others spent 30 %");
            });
  }

  @Test
  void nobodyIsNamedForLittleOrForWhatSeveralShare() {
    assertThat(exchange(0.5, 0.6, 0, 0.9).straggler()).isEmpty();
    assertThat(exchange(4, 4, 0.2, 0.3).straggler()).isEmpty();
    assertThat(exchange(2, 1.5).straggler()).isEmpty();
  }

  @Test
  void oneWorkerExchangesNothing() {
    assertThat(exchange(0).levels()).isEmpty();
    assertThat(exchange(0).straggler()).isEmpty();
  }
}
