// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.spark.exchange.LevelTraffic;
import org.junit.jupiter.api.Test;

class TestMetricsLog {
  private static final UUID RUN = new UUID(1, 1);
  private static final double NONE = Double.NaN;
  private static final List<Level> LEVELS =
      List.of(new Level(0, "core", 1, 0, 10), new Level(1, "slow", 5, 10, 30));

  /** Two shards of two rows of 16: 64 targets in a step. */
  private final RunConfig config =
      TinyRun.config("sync.workers=2", "training.virtual-shards=2", "training.log-every=4");

  private static IntervalReport report(
      int rank, long step, List<Double> losses, double seconds, double slowNorm, long bytes) {
    return new IntervalReport(
        RUN,
        3,
        rank,
        step,
        losses,
        1_700_000_000_500L,
        seconds,
        0.01,
        List.of(1.5, slowNorm),
        traffic(bytes, rank, step),
        "executor " + rank);
  }

  /** Rank 0 waits 0.2 s in the exchanges of core of every four steps. */
  private static List<LevelTraffic> traffic(long bytes, int rank, long step) {
    long wait = rank == 0 ? step / 4 * 200_000_000 : 0;
    return List.of(
        new LevelTraffic(bytes, 600_000_000, wait, List.of()),
        new LevelTraffic(0, 0, 0, List.of()));
  }

  private MetricsLog log() {
    return new MetricsLog(config, LEVELS, TrainerState.start(12, LEVELS));
  }

  @Test
  void theLossIsTheMeanOverAllTargetsOfAllRanks() {
    Progress progress =
        log()
            .add(
                List.of(
                    report(0, 4, List.of(64.0, 64.0, 32.0, 32.0), 2, NONE, 100),
                    report(1, 4, List.of(64.0, 64.0, 32.0, 32.0), 1, NONE, 100)));
    // (128 + 128 + 64 + 64) / (4 * 64)
    assertThat(progress.loss()).isEqualTo(1.5);
    // The slowest rank took 2 s for 4 steps of 64 targets; 8 steps are left.
    assertThat(progress.tokensPerSecond()).isEqualTo(128);
    assertThat(progress.secondsLeft()).isEqualTo(4);
    assertThat(progress.gradientNorms()).containsExactly(java.util.Map.entry("core", 1.5));
  }

  @Test
  void anIntervalThatACommitCutsInTwoIsOneLine() {
    MetricsLog first = log();
    assertThat(
            first.add(
                List.of(
                    report(0, 3, List.of(1.0, 2.0, 3.0), 1, 7.0, 30),
                    report(1, 3, List.of(1.0, 2.0, 3.0), 1, 7.0, 30))))
        .isNull();
    assertThat(first.lines()).isEmpty();
    TrainerState state =
        new TrainerState(
            3,
            12,
            192,
            1,
            0.5,
            0.25,
            first.lastLoss(),
            first.open(),
            TrainerState.start(12, LEVELS).levels(),
            0,
            "",
            true,
            List.of());
    MetricsLog second = new MetricsLog(config, LEVELS, state);
    Progress progress =
        second.add(
            List.of(
                report(0, 4, List.of(4.0), 1, NONE, 10), report(1, 4, List.of(4.0), 1, NONE, 10)));
    assertThat(progress.loss()).isEqualTo(2 * (1 + 2 + 3 + 4) / 256.0);
    assertThat(progress.gradientNorms()).containsEntry("slow", 7.0);
  }

  @Test
  void aLineSaysWhatWasDueAndSent() throws Exception {
    MetricsLog log = log();
    log.add(
        List.of(
            report(0, 12, List.of(6.4), 1, 2.0, 100), report(1, 12, List.of(6.4), 1, 2.0, 150)));
    JsonNode line = new ObjectMapper().readTree(log.lines().get(0));
    assertThat(line.path("step").asInt()).isEqualTo(12);
    assertThat(line.path("time").asDouble()).isEqualTo(1_700_000_000.5);
    assertThat(line.path("loss").asDouble()).isEqualTo(0.2);
    assertThat(line.path("due")).extracting(JsonNode::asText).containsExactly("core", "slow");
    assertThat(line.path("bytesSent").path("core").asLong()).isEqualTo(250);
    assertThat(line.path("gradientNorms").path("slow").asDouble()).isEqualTo(2);
    assertThat(line.path("exchangeSeconds").path("core").asDouble()).isCloseTo(0.6, within(1e-12));
    assertThat(line.path("waitSeconds").path("core").asDouble()).isCloseTo(0.3, within(1e-12));
    assertThat(line.path("skewSeconds").path("core").asDouble()).isCloseTo(0.6, within(1e-12));
    // Rank 0 waits 0.6 of the interval's second for rank 1, which waits for nobody.
    assertThat(line.path("straggler").path("rank").asInt()).isEqualTo(1);
    assertThat(line.path("straggler").path("place").asText()).isEqualTo("executor 1");
  }

  @Test
  void lossesAreAddedInTheTreeOfTheGradients() {
    // Summed from left to right, the ones would vanish beside 2^53.
    double huge = 0x1p53;
    List<IntervalReport> reports = new ArrayList<>();
    for (double loss : new double[] {huge, 0, 1, 1}) {
      reports.add(report(reports.size(), 4, List.of(loss), 1, NONE, 0));
    }
    assertThat(IntervalSum.EMPTY.plus(reports, LEVELS).lossSum()).isEqualTo(huge + 2);
  }

  @Test
  void aStragglerIsToldOnceAMinute() {
    List<String> told = new ArrayList<>();
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void onProgress(Progress progress) {}

          @Override
          public void onStraggler(String line) {
            told.add(line);
          }
        };
    Segment segment = new Segment(RUN, 3, null, 2, 1, 0, 12, "", "", null, null, "", null);
    LiveProgress live = new LiveProgress(segment, log(), listener);
    for (long step = 4; step <= 8; step += 4) {
      live.receive(report(0, step, List.of(1.0, 1.0, 1.0, 1.0), 1, NONE, 0));
      live.receive(report(1, step, List.of(1.0, 1.0, 1.0, 1.0), 1, NONE, 0));
    }
    assertThat(told)
        .containsExactly(
            "Waiting for rank 1 (executor 1): the others spent 20 % of the last interval on it. Look what else runs there.");
    assertThat(segment.describe(12, live.lastLoss()))
        .isEqualTo("train steps 1-12 of 12, 2 workers, loss 0.0313");
  }

  @Test
  void liveReportsAreJoinedInOrderAndStrangersIgnored() {
    Segment segment = new Segment(RUN, 3, null, 2, 1, 0, 12, "", "", null, null, "", null);
    List<Progress> seen = new ArrayList<>();
    LiveProgress live = new LiveProgress(segment, log(), seen::add);
    List<Double> losses = List.of(1.0, 1.0, 1.0, 1.0);
    live.receive(report(0, 4, losses, 1, NONE, 0));
    live.receive(report(0, 8, losses, 1, NONE, 0));
    live.receive("something else");
    live.receive(
        new IntervalReport(
            RUN, 2, 1, 4, losses, 0, 1, 0.01, List.of(NONE, NONE), traffic(0, 1, 4), ""));
    assertThat(seen).isEmpty();
    live.receive(report(1, 4, losses, 1, NONE, 0));
    live.receive(report(1, 8, losses, 1, NONE, 0));
    assertThat(seen).extracting(Progress::step).containsExactly(4L, 8L);
    live.receive(report(0, 8, losses, 1, NONE, 0));
    live.receive(report(1, 8, losses, 1, NONE, 0));
    assertThat(seen).hasSize(2);
  }
}
