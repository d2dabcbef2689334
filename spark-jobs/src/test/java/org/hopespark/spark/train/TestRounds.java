// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.session.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.jdk.javaapi.CollectionConverters;

/** Averaging through Spark's shuffles, held against the workers' own connections. */
class TestRounds {
  private static final List<String> SETTINGS =
      List.of(
          "model.cms=[{name: fast, period: 1}, {name: mid, period: 4}, {name: slow, period: 16}]",
          "model.core.period=4",
          "training.steps=37",
          "training.log-every=3",
          "checkpoint.every-steps=10",
          "checkpoint.keep=9");

  @TempDir static Path shared;
  private static SparkSession spark;
  private static String data;

  /** What workers with connections of their own end with, by optimizer. */
  private static final Map<String, TrainResult> P2P = new HashMap<>();

  @TempDir Path dir;

  @BeforeAll
  static void open() throws IOException {
    spark = Sessions.open("local[4]");
    data = TinyRun.dataset(spark, shared, 5);
  }

  @AfterAll
  static void close() {
    spark.stop();
  }

  @AfterEach
  void noRankIsLeftBehind() {
    assertThat(RoundWorkers.count()).isZero();
  }

  private static RunConfig config(String transport, int workers, String... more) {
    List<String> settings = new ArrayList<>(SETTINGS);
    settings.add("sync.transport=" + transport);
    settings.add("sync.workers=" + workers);
    settings.addAll(List.of(more));
    return TinyRun.config(settings.toArray(String[]::new));
  }

  private static TrainModel model(RunConfig config, Path output) {
    return new TrainModel(spark)
        .config(config)
        .data(data)
        .output(output.toString())
        .resume(Resume.AUTO);
  }

  private static TrainResult p2p(String optimizer) {
    return P2P.computeIfAbsent(
        optimizer,
        name ->
            model(config("p2p", 2, "optimizer.name=" + name), shared.resolve("p2p-" + name))
                .execute());
  }

  @ParameterizedTest
  @CsvSource({"adamw, 1", "adamw, 2", "adamw, 4", "muon, 2", "muon, 4"})
  void roundsGiveTheBitsOfConnectionsOnAnyNumberOfWorkers(String optimizer, int workers)
      throws IOException {
    TrainResult expected = p2p(optimizer);
    Path output = dir.resolve("run");
    TrainResult rounds =
        model(config("rounds", workers, "optimizer.name=" + optimizer), output).execute();
    assertThat(rounds.replicaHashesAgree()).isTrue();
    // Steps 10, 20 and 30 are inside intervals of mid and slow, 37 flushes all.
    for (String step : List.of("step-00000010", "step-00000030", "step-00000037")) {
      assertThat(TinyRun.digests(Path.of(rounds.checkpoint()).resolveSibling(step).toString()))
          .isEqualTo(
              TinyRun.digests(Path.of(expected.checkpoint()).resolveSibling(step).toString()));
    }
    List<JsonNode> expectedLines = TinyRun.metrics(shared.resolve("p2p-" + optimizer));
    List<JsonNode> lines = TinyRun.metrics(output);
    assertThat(lines).hasSameSizeAs(expectedLines);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i).path("loss")).isEqualTo(expectedLines.get(i).path("loss"));
      assertThat(lines.get(i).path("gradientNorms"))
          .isEqualTo(expectedLines.get(i).path("gradientNorms"));
      assertThat(lines.get(i).path("due")).isEqualTo(expectedLines.get(i).path("due"));
    }
  }

  @Test
  void bytesAreThoseOfTheFormulaAndNoneStayOnDisk() throws InterruptedException {
    Set<String> before = shuffleFiles();
    TrainResult result = model(config("rounds", 4), dir.resolve("run")).execute();
    for (LevelReport level : result.levels()) {
      assertThat(level.bytesSent()).isPositive().isEqualTo(level.bytesPredicted());
    }
    // The cleaner is a thread of its own.
    for (int tries = 0; tries < 100 && !before.containsAll(shuffleFiles()); tries++) {
      Thread.sleep(100);
    }
    assertThat(before).containsAll(shuffleFiles());
  }

  private static Set<String> shuffleFiles() {
    return CollectionConverters.asJava(
            SparkEnv.get().blockManager().diskBlockManager().getAllFiles())
        .stream()
        .map(File::getName)
        .filter(name -> name.startsWith("shuffle_"))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @CsvSource({"rounds, 4, p2p, 2", "p2p, 1, rounds, 2"})
  void aRunGoesOnWithTheOtherTransport(String before, int few, String after, int many)
      throws IOException {
    Path output = dir.resolve("run");
    TrainModel interrupted =
        model(config(before, few, "training.log-every=1", "sync.attempts=1"), output)
            .progress(
                progress -> {
                  if (progress.step() > 10) {
                    spark.sparkContext().cancelAllJobs();
                  }
                });
    assertThatThrownBy(interrupted::execute)
        .isInstanceOf(org.hopespark.spark.ClusterFailureException.class);
    TrainResult resumed = model(config(after, many), output).execute();
    TinyRun.assertSameTensors(resumed, p2p("adamw"));
    assertThat(resumed.workers().get(0)).isEqualTo(new WorkerSpan(1, 10, few));
  }

  /** Single threads of one process are lost no other way. */
  @Test
  void aJobThatIsEndedInTheMiddleIsRepeatedFromTheLastCommit() throws IOException {
    List<String> restarts = new ArrayList<>();
    TrainResult result =
        model(config("rounds", 2, "training.log-every=1"), dir.resolve("run"))
            .progress(
                new ProgressListener() {
                  @Override
                  public void onProgress(Progress progress) {
                    if (progress.step() == 16 && restarts.isEmpty()) {
                      spark.sparkContext().cancelAllJobs();
                    }
                  }

                  @Override
                  public void onRestart(String line) {
                    restarts.add(line);
                  }
                })
            .execute();
    assertThat(restarts).hasSize(1);
    assertThat(restarts.get(0))
        .contains("between steps 11 and 20")
        .contains("going on from step 10, attempt 2 of 5");
    TinyRun.assertSameTensors(result, p2p("adamw"));
  }

  @Test
  void anAlteredCheckpointIsNamedAndNotTriedAgain() throws IOException {
    Path output = dir.resolve("run");
    model(config("rounds", 2, "training.steps=12"), output).execute();
    Path file = output.resolve("checkpoints/step-00000010/optimizer-1.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    KillOneExecutor.cutOff(output, 10);
    List<String> restarts = new ArrayList<>();
    assertThatThrownBy(
            () ->
                model(config("rounds", 2, "training.steps=12"), output)
                    .progress(
                        new ProgressListener() {
                          @Override
                          public void onProgress(Progress progress) {}

                          @Override
                          public void onRestart(String line) {
                            restarts.add(line);
                          }
                        })
                    .execute())
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageContaining(file.getFileName().toString());
    assertThat(restarts).isEmpty();
  }

  @Test
  void aGradientThatIsNoNumberIsToldByLevelAndTensor() {
    TrainModel diverging =
        model(
            config("rounds", 2, "optimizer.learning-rate=10", "optimizer.weight-decay=10"),
            dir.resolve("run"));
    assertThatThrownBy(diverging::execute)
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageStartingWith("Invalid optimizer.learning-rate [10.0]: the gradient of ")
        .hasMessageContaining("is not finite at step ");
  }
}
