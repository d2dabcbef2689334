// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.InputStream;
import java.util.List;
import org.hopespark.model.bench.WorkerSpeed;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestPlan {
  /**
   * Per layer and level of width 16: a norm of 16, up 2 x 16 x 16, down 16 x 16, so 784; core has
   * the rest.
   */
  private static final String[] SMALL = {
    "model.architecture=transformer",
    "model.vocab-size=300",
    "model.dim=16",
    "model.layers=2",
    "model.heads=2",
    "model.core.period=2",
    "model.cms=[{name: mlp, period: 5}]",
    "training.virtual-shards=8",
    "training.batch-size=3",
    "training.sequence-length=10",
    "training.steps=1000",
    "sync.workers=4"
  };

  private static RunConfig config(String... settings) {
    return RunConfig.read(InputStream.nullInputStream(), List.of(settings));
  }

  private static RunConfig small(String... more) {
    String[] all = java.util.Arrays.copyOf(SMALL, SMALL.length + more.length);
    System.arraycopy(more, 0, all, SMALL.length, more.length);
    return config(all);
  }

  private static Plan plan(RunConfig config, double tokensPerSecond, String bandwidth) {
    return Plan.of(
        List.of(config),
        List.of(Network.parse(bandwidth, "0.5ms")),
        new WorkerSpeed(tokensPerSecond, 2, "as given"));
  }

  @Test
  void bytesOfALevelAreThoseOfTheFormula() {
    Forecast forecast = plan(small(), 1000, "1Gbps").forecasts().get(0);

    // core: 300 * 16 + 16, and per layer a norm of 16 and four matrices of 16 x 16.
    LevelForecast core = forecast.levels().get(0);
    assertThat(core.parameters()).isEqualTo(4816 + 2 * (16 + 1024));
    // V = 3/4 * 6896 * 8; a worker trains on 8 * 3 * 10 / 4 = 60 tokens a step, core every second.
    assertThat(core.bytesPerAveraging()).isEqualTo(41_376);
    assertThat(core.bytesPerChunk()).isEqualTo(20_688);
    assertThat(core.bytesPerToken()).isEqualTo(344.8);
    LevelForecast mlp = forecast.levels().get(1);
    assertThat(mlp.parameters()).isEqualTo(2 * 784);
    // 3/4 * 1568 * 8 = 9408, every fifth step.
    assertThat(mlp.bytesPerAveraging()).isEqualTo(9408);
    assertThat(mlp.bytesPerToken()).isCloseTo(31.36, within(1e-12));
    assertThat(forecast.bytesPerToken()).isCloseTo(376.16, within(1e-12));
    // All 8464 parameters in every chunk: 3/4 * 8464 * 8 / 60.
    assertThat(forecast.everyChunkBytesPerToken()).isCloseTo(846.4, within(1e-12));
    assertThat(forecast.peakBytesPerChunk()).isEqualTo(41_376 + 9408);
  }

  @Test
  void aStepIsItsComputationAndTheMeanOfItsAveragings() {
    // 60 tokens at 600 a second: 0.1 s. 8 Mbit/s are 1 MB/s.
    StepForecast step = plan(small(), 600, "8Mbps").forecasts().get(0).steps().get(0);

    assertThat(step.computeSeconds()).isCloseTo(0.1, within(1e-15));
    // core: 41.376 ms in every second step; mlp: 9.408 ms in every fifth. Of ten steps 2, 4, 5, 6,
    // 8 and 10 are boundaries: gradients, votes and parameters, 0.5 ms each.
    double mean = 0.041376 / 2 + 0.009408 / 5 + 0.6 * 3 * 0.0005;
    assertThat(step.averagingSeconds()).isCloseTo(mean, within(1e-15));
    assertThat(step.longestAveragingSeconds())
        .isCloseTo(0.041376 + 0.009408 + 3 * 0.0005, within(1e-15));
    assertThat(step.utilisation()).isCloseTo(0.1 / (0.1 + mean), within(1e-12));
    assertThat(step.tokensPerSecond()).isCloseTo(240 / (0.1 + mean), within(1e-9));
    assertThat(step.runSeconds()).isCloseTo(1000 * (0.1 + mean), within(1e-9));
  }

  /** Votes at six of ten steps, as above. */
  @Test
  void levelsAveragedByParametersTravelOneAfterTheOther() {
    String levels =
        "sync.levels=[{level: core, mode: outer, every: 2}, {level: mlp, mode: parameters}]";

    // Two trips for core's parameters in every fourth step, two for mlp's in every fifth.
    Trips trips = Trips.of(small(levels));
    assertThat(trips.perStep()).isCloseTo(0.6 + 2 / 4.0 + 2 / 5.0, within(1e-15));
    assertThat(trips.longest()).isEqualTo(1 + 2 + 2);
    // And two for either of the optimizer's moments.
    Trips withState = Trips.of(small(levels, "sync.average-state=true"));
    assertThat(withState.perStep()).isCloseTo(0.6 + 6 / 4.0 + 6 / 5.0, within(1e-15));
    assertThat(withState.longest()).isEqualTo(1 + 6 + 6);
  }

  /**
   * Of periods of 2 and 5 the first three steps hold one boundary: gradients, votes, parameters.
   */
  @Test
  void tripsAreThoseOfTheRun() {
    assertThat(Trips.of(small("training.steps=3", "training.warmup-steps=1")).perStep())
        .isCloseTo(3 * (1 / 3.0), within(1e-15));
  }

  @Test
  void oneWorkerSendsNothing() {
    Forecast forecast = plan(small("sync.workers=1"), 600, "1Gbps").forecasts().get(0);

    assertThat(forecast.bytesPerToken()).isZero();
    assertThat(forecast.steps().get(0).utilisation()).isEqualTo(1);
    assertThat(forecast.memory().parts()).doesNotContainKey("exchange");
  }

  @Test
  void threadsWithoutAVirtualShardDoNothing() {
    // 8 workers hold one shard each, so the second thread of the measured two idles.
    Forecast forecast = plan(small("sync.workers=8"), 600, "1Gbps").forecasts().get(0);

    assertThat(forecast.threadsPerWorker()).isEqualTo(1);
    assertThat(forecast.steps().get(0).computeSeconds()).isCloseTo(30 / 300.0, within(1e-15));
  }

  @Test
  void memoryHoldsAGradientPerVirtualShardAndTheContributionsOfPeers() {
    MemoryForecast memory = plan(small(), 600, "1Gbps").forecasts().get(0).memory();

    assertThat(memory.parts()).containsEntry("parameters", 4L * 8464);
    assertThat(memory.parts()).containsEntry("gradients", 2 * 4L * 8464);
    // At the last step a quarter of every level comes from each of three peers: 8464 / 4 floats.
    assertThat(memory.parts()).containsEntry("exchange", 3 * 8464L);
    assertThat(memory.total())
        .isEqualTo(memory.parts().values().stream().mapToLong(Long::longValue).sum());
  }

  @Test
  void memoryHoldsWhatIsRoundedBeforeItIsSent() {
    MemoryForecast memory = MemoryForecast.of(small("sync.wire=bfloat16"), 1);

    // A quarter of 8464 in two bytes each: from three peers, and once as this rank sends it.
    assertThat(memory.parts()).containsEntry("exchange", 4 * 8464L / 4 * 2);
    // Slices are whole blocks of 1024: two of core's seven, one of mlp's two, as before the update.
    assertThat(memory.parts()).containsEntry("averaging", 4 * 3 * 1024L);
  }

  /**
   * An eighth of core's more than 51 million floats is longer than the six frames of 2 MiB of two
   * lanes.
   */
  @Test
  void framesOfEveryPeerAreKept() {
    RunConfig large =
        config(
            "model.vocab-size=100000",
            "model.dim=512",
            "model.layers=1",
            "training.virtual-shards=8",
            "sync.workers=8",
            "sync.lanes=2");

    assertThat(MemoryForecast.of(large, 1).parts()).containsEntry("exchange", 7L * 6 * 2_097_152);
  }

  /**
   * Four equal CMS levels on 8, 32, 128 and 512 and core on 8 with 40 % of the parameters: sum P/C
   * is 0.4/8 + 0.15 (1/8 + 1/32 + 1/128 + 1/512) = 0.0749, and its inverse 13.35.
   */
  @Test
  void slowLevelsSendATwelfthOfEveryChunkDataParallelism() {
    RunConfig config =
        config(
            "model.vocab-size=2000",
            "model.dim=256",
            "model.layers=4",
            "model.heads=4",
            "model.core.period=8",
            "model.cms=[{name: a, period: 8, hidden-ratio: 1.309}, {name: b, period: 32, hidden-ratio: 1.309}, {name: c, period: 128, hidden-ratio: 1.309}, {name: d, period: 512, hidden-ratio: 1.309}]");
    Plan plan = plan(config, 600, "1Gbps");
    double core = plan.forecasts().get(0).levels().get(0).parameters();

    assertThat(core / plan.parameters()).isCloseTo(0.4, within(0.005));
    assertThat(plan.saving()).isCloseTo(13.35, within(0.05)).isGreaterThan(12);
    Forecast forecast = plan.forecasts().get(0);
    assertThat(forecast.everyChunkBytesPerToken() / forecast.bytesPerToken())
        .isCloseTo(plan.saving(), within(1e-9));
  }

  @Test
  void tooFewUpdatesOfCoreAreTold() {
    // 8464 parameters, 240,000 tokens: C = 6 * 8464 * 240000 = 1.2188e10, ln C = 23.2237;
    // 0.2920 exp(0.3271 * 23.2237) = 0.2920 * 1991.2 = 581.4 tokens. An update sees 480.
    UsualBatch usual = UsualBatch.of(small());
    assertThat(usual.tokens()).isEqualTo(480);
    assertThat(usual.usualTokens()).isCloseTo(581.4, within(0.1));
    assertThat(usual.updates()).isEqualTo(500);
    assertThat(usual.warning()).isEmpty();
    // 240 * 20 = 4800 tokens are 8.3 times as many.
    assertThat(UsualBatch.of(small("model.core.period=20")).warning())
        .hasValueSatisfying(
            warning ->
                assertThat(warning)
                    .startsWith("core is updated once in 4,800 tokens, 8 times fewer updates")
                    .contains("Lower model.core.period"));
  }

  @ParameterizedTest
  @CsvSource({
    "10Gbps, 1.25e9",
    "25Gbit/s, 3.125e9",
    "100Mbps, 1.25e7",
    "1.5GB/s, 1.5e9",
    "8bit/s, 1"
  })
  void readsBandwidths(String text, double bytesPerSecond) {
    assertThat(Network.parse(text, "50us").bytesPerSecond()).isEqualTo(bytesPerSecond);
    assertThat(Network.parse(text, "50us").latencySeconds()).isCloseTo(5e-5, within(1e-18));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fast", "10", "10 Gbps/s", "-1Gbps", "0Gbps"})
  void refusesWhatIsNoBandwidth(String text) {
    assertThatThrownBy(() -> Network.parse(text, "0.2ms"))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageStartingWith("Invalid --bandwidth [" + text + "]: ");
  }
}
