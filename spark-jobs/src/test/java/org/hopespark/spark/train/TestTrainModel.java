// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.bench.WorkerSpeed;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.plan.LevelForecast;
import org.hopespark.spark.plan.Network;
import org.hopespark.spark.plan.Plan;
import org.hopespark.spark.tensorboard.TensorBoardFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run computes, counts and logs. */
class TestTrainModel extends TrainingRuns {
  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void anyNumberOfWorkersGivesTheBitsOfOne(int workers) throws IOException {
    TrainResult many = train(TinyRun.config("sync.workers=" + workers), output(), Resume.NEVER);
    assertThat(many.parametersDigest()).isEqualTo(single.parametersDigest()).hasSize(64);
    TinyRun.assertSameTensors(many, single);
    assertThat(many.trainLoss()).isEqualTo(single.trainLoss());
    assertThat(many.replicaHashesAgree()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void insideAnIntervalTheAccumulatorsAreThoseOfOneWorkerToo(int workers) throws IOException {
    String[] short7 = {"training.steps=12", "checkpoint.every-steps=7", "checkpoint.keep=9"};
    TrainResult many =
        train(config(short7, "sync.workers=" + workers), dir.resolve("many"), Resume.NEVER);
    TrainResult one = train(config(short7, "sync.workers=1"), dir.resolve("one"), Resume.NEVER);
    Path manySeven = Path.of(many.checkpoint()).resolveSibling("step-00000007");
    Path oneSeven = Path.of(one.checkpoint()).resolveSibling("step-00000007");
    // mid (3) and slow (5) are inside an interval after step 7: a file for each of four shards,
    // beside the parameters and every rank's part of the optimizer's state.
    assertThat(TinyRun.tensors(manySeven.toString())).hasSize(4 + 1 + workers);
    for (Path file : TinyRun.tensors(oneSeven.toString())) {
      if (!file.getFileName().toString().startsWith("optimizer")) {
        assertThat(manySeven.resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
    assertThat(TinyRun.digests(manySeven.toString()))
        .isEqualTo(TinyRun.digests(oneSeven.toString()));
  }

  private static RunConfig config(String[] some, String... more) {
    List<String> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return TinyRun.config(all.toArray(String[]::new));
  }

  @Test
  void trainingLowersTheLoss() throws IOException {
    List<JsonNode> metrics = TinyRun.metrics(shared.resolve("single"));
    assertThat(single.trainLoss()).isLessThan(metrics.get(0).path("loss").asDouble());
    // A model that knows nothing says ln(300) = 5.70.
    assertThat(metrics.get(0).path("loss").asDouble()).isBetween(5.0, 6.5);
  }

  @Test
  void checkpointsOnTheWayDoNotChangeTheNumbers() throws IOException {
    TrainResult result =
        train(TinyRun.config("sync.workers=1", "checkpoint.every-steps=1"), output(), Resume.NEVER);
    TinyRun.assertSameTensors(result, single);
    List<JsonNode> lines = TinyRun.metrics(output());
    List<JsonNode> expected = TinyRun.metrics(shared.resolve("single"));
    assertThat(lines).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(lines.get(i).path("loss")).isEqualTo(expected.get(i).path("loss"));
      assertThat(lines.get(i).path("gradientNorms").path("core"))
          .isEqualTo(expected.get(i).path("gradientNorms").path("core"));
    }
  }

  @Test
  void aLevelChangesOnlyAtItsOwnBoundaries() throws IOException {
    train(
        TinyRun.config("sync.workers=1", "checkpoint.every-steps=1", "checkpoint.keep=100"),
        output(),
        Resume.NEVER);
    List<JsonNode> hashes = new ArrayList<>();
    for (int step = 1; step <= 12; step++) {
      Path manifest = output().resolve("checkpoints/step-%08d/manifest.json".formatted(step));
      hashes.add(new ObjectMapper().readTree(manifest.toFile()).path("levelHashes"));
    }
    for (int step = 2; step <= 12; step++) {
      JsonNode before = hashes.get(step - 2);
      JsonNode after = hashes.get(step - 1);
      assertThat(after.path("core")).isNotEqualTo(before.path("core"));
      assertThat(after.path("fast")).isNotEqualTo(before.path("fast"));
      assertThat(after.path("mid").equals(before.path("mid"))).isEqualTo(step % 3 != 0);
      assertThat(after.path("slow").equals(before.path("slow")))
          .isEqualTo(step % 5 != 0 && step != 12);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void levelsCountTheirUpdatesAndBytes(int workers) {
    TrainResult result =
        train(
            TinyRun.config("sync.workers=" + workers, "checkpoint.every-steps=5"),
            output(),
            Resume.NEVER);
    assertThat(result.levels())
        .extracting(LevelReport::name)
        .containsExactly("core", "fast", "mid", "slow");
    // 12 steps; slow (5) at 5, 10 and the flush at 12.
    assertThat(result.levels()).extracting(LevelReport::updates).containsExactly(12L, 12L, 4L, 3L);
    for (LevelReport level : result.levels()) {
      assertThat(level.synchronisations()).isEqualTo(workers == 1 ? 0 : level.updates());
      // Every slice fits one frame, with a header of 39 bytes.
      long payload = 2L * (workers - 1) * level.parameters() * 4;
      long headers = 2L * workers * (workers - 1) * 39;
      assertThat(level.bytesPredicted()).isEqualTo(level.synchronisations() * (payload + headers));
      assertThat(level.bytesSent()).isEqualTo(level.bytesPredicted());
    }
    assertThat(result.levels().stream().mapToLong(LevelReport::parameters).sum())
        .isEqualTo(result.parameters());
    assertThat(result.steps()).isEqualTo(12);
    assertThat(result.trainSeconds()).isPositive();
    assertThat(result.peakRssBytes()).isGreaterThan(50L << 20);
  }

  @Test
  void metricsHaveALinePerLoggingStep() throws IOException {
    train(TinyRun.config("checkpoint.every-steps=5"), output(), Resume.NEVER);
    List<JsonNode> lines = TinyRun.metrics(output());
    assertThat(lines).extracting(line -> line.path("step").asInt()).containsExactly(4, 8, 12);
    JsonNode last = lines.get(2);
    assertThat(last.path("tokens").asLong()).isEqualTo(12L * 4 * 2 * 16);
    assertThat(last.path("due")).hasSize(4);
    assertThat(lines.get(0).path("due")).extracting(JsonNode::asText).contains("core", "fast");
    assertThat(lines.get(0).path("gradientNorms").has("slow")).isFalse();
    assertThat(lines.get(1).path("gradientNorms").has("slow")).isTrue();
    assertThat(last.path("learningRate").asDouble()).isPositive();
    assertThat(last.path("tokensPerSecond").asDouble()).isPositive();
    assertThat(last.path("bytesSent").path("core").asLong())
        .isGreaterThan(lines.get(1).path("bytesSent").path("core").asLong());
    double exchanging = last.path("exchangeSeconds").path("core").asDouble();
    double waiting = last.path("waitSeconds").path("core").asDouble();
    assertThat(exchanging).isPositive().isLessThan(4 * last.path("stepSeconds").asDouble());
    assertThat(waiting).isBetween(0.0, exchanging);
    assertThat(last.path("skewSeconds").path("slow").asDouble()).isNotNegative();
    assertThat(last.path("time").asDouble())
        .isGreaterThan(lines.get(0).path("time").asDouble())
        .isCloseTo(System.currentTimeMillis() / 1e3, within(60.0));
  }

  @Test
  void eventsForTensorBoardAreThoseOfTheCommittedLines() throws IOException {
    train(TinyRun.config("checkpoint.every-steps=5"), output(), Resume.NEVER);
    Path again = dir.resolve("again");
    new TensorBoardFiles(
            spark.sparkContext().hadoopConfiguration(),
            new org.apache.hadoop.fs.Path(again.toUri()))
        .writeTraining(Files.readAllLines(output().resolve("metrics.jsonl")));
    String file = "tensorboard/train/events.out.tfevents.hope";
    assertThat(output().resolve(file)).hasSameBinaryContentAs(again.resolve(file)).isNotEmptyFile();
  }

  @Test
  void aPlanSaysTheBytesThatARunSends() {
    RunConfig config = TinyRun.config("sync.workers=4");
    TrainResult result = train(config, output(), Resume.NEVER);
    Plan plan =
        Plan.of(
            List.of(config),
            List.of(Network.parse("10Gbps", "0ms")),
            new WorkerSpeed(1, 1, "as given"));
    for (LevelForecast forecast : plan.forecasts().get(0).levels()) {
      LevelReport level =
          result.levels().stream()
              .filter(each -> each.name().equals(forecast.name()))
              .findFirst()
              .orElseThrow();
      // From each of four workers, with a header of 39 bytes to each of three peers, twice.
      double sent = forecast.bytesPerAveraging() * 4 + 4 * 3 * 2 * 39;
      assertThat(sent * level.synchronisations()).isEqualTo((double) level.bytesSent());
    }
  }

  @Test
  void theListenerSeesEveryLoggingStepInOrder() {
    List<Progress> seen = new ArrayList<>();
    model(TinyRun.config("checkpoint.every-steps=5"), output(), Resume.NEVER)
        .progress(seen::add)
        .execute();
    assertThat(seen).extracting(Progress::step).containsExactly(4L, 8L, 12L);
    assertThat(seen).allSatisfy(progress -> assertThat(progress.steps()).isEqualTo(12));
    assertThat(seen.get(2).loss()).isEqualTo(single.trainLoss());
    assertThat(seen.get(2).secondsLeft()).isZero();
    assertThat(seen.get(0).gradientNorms()).containsKeys("core", "fast", "mid");
  }

  @Test
  void onlyTheNewestCheckpointsStay() {
    train(TinyRun.config("checkpoint.every-steps=3", "checkpoint.keep=2"), output(), Resume.NEVER);
    assertThat(output().resolve("checkpoints"))
        .isDirectoryNotContaining(path -> path.endsWith("step-00000006"))
        .isDirectoryContaining(path -> path.endsWith("step-00000009"))
        .isDirectoryContaining(path -> path.endsWith("step-00000012"));
  }
}
