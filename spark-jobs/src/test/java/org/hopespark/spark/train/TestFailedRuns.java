// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.InvalidInputException;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.spark.InvalidUsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that cannot begin, or fail, and what they say then. */
class TestFailedRuns extends TrainingRuns {
  @ParameterizedTest
  @CsvSource({"1, false", "2, false", "1, true", "2, true"})
  void aFullDiskEndsTheRunWithItsCauseAndLeavesTheLastCommit(int workers, boolean asynchronous)
      throws IOException {
    FailingFileSystem.configure(spark.sparkContext().hadoopConfiguration());
    String[] settings = {
      "sync.workers=" + workers,
      "checkpoint.every-steps=4",
      "sync.attempts=2",
      "checkpoint.asynchronous=" + asynchronous
    };
    String path = FailingFileSystem.SCHEME + "://" + output();
    TrainModel disturbed =
        new TrainModel(spark).config(TinyRun.config(settings)).data(data).output(path);
    // Enough for some of the files.
    FailingFileSystem.fill("step-00000008", 40_000);
    assertThatThrownBy(disturbed::execute)
        .isInstanceOf(org.hopespark.spark.ClusterFailureException.class)
        .hasMessageContaining("No space left on device");
    CheckpointStore store =
        new CheckpointStore(
            spark.sparkContext().hadoopConfiguration(), new org.apache.hadoop.fs.Path(path));
    assertThat(store.committed()).extracting(CheckpointStore::step).containsExactly(4L);
    FailingFileSystem.SPACE.set(Long.MAX_VALUE);
    TrainResult resumed =
        new TrainModel(spark)
            .config(TinyRun.config(settings))
            .data(data)
            .output(path)
            .resume(Resume.AUTO)
            .execute();
    assertThat(resumed.parametersDigest()).isEqualTo(single.parametersDigest());
    assertThat(store.leftovers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileSystemThatFailsOnceCostsAnAttempt(boolean asynchronous) {
    FailingFileSystem.configure(spark.sparkContext().hadoopConfiguration());
    List<String> restarts = new ArrayList<>();
    FailingFileSystem.fill("step-00000008", 40_000);
    FailingFileSystem.FAILURES.set(1);
    TrainResult result =
        new TrainModel(spark)
            .config(
                TinyRun.config(
                    "checkpoint.every-steps=4",
                    "training.log-every=1",
                    "checkpoint.asynchronous=" + asynchronous))
            .data(data)
            .output(FailingFileSystem.SCHEME + "://" + output())
            .progress(
                new ProgressListener() {
                  @Override
                  public void onProgress(Progress progress) {}

                  @Override
                  public void onRestart(String line) {
                    restarts.add(line);
                  }
                })
            .execute();
    assertThat(restarts).hasSize(1);
    assertThat(restarts.get(0)).contains("No space left on device");
    // Memory of the failed attempt is beyond the commit.
    assertThat(FailingFileSystem.OPENED).contains("model.safetensors", "optimizer-0.safetensors");
    assertThat(result.parametersDigest()).isEqualTo(single.parametersDigest());
  }

  @Test
  void anAlteredCheckpointIsNamed() throws IOException {
    TrainResult result =
        train(
            TinyRun.config("sync.workers=1", "training.steps=4", "checkpoint.every-steps=2"),
            output(),
            Resume.NEVER);
    Path last = Path.of(result.checkpoint());
    Files.delete(last.resolve("manifest.json"));
    Path model = last.resolveSibling("step-00000002").resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 3] ^= 1;
    Files.write(model, bytes);
    assertThatThrownBy(
            () ->
                train(
                    TinyRun.config(
                        "sync.workers=1", "training.steps=4", "checkpoint.every-steps=2"),
                    output(),
                    Resume.AUTO))
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageContaining(model.toString());
  }

  @Test
  void anAlteredShardIsNamed() throws IOException {
    Path copy = Files.createDirectory(dir.resolve("copy"));
    Path shard = null;
    try (var files = Files.walk(Path.of(data))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(Path.of(data).relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
        if (target.toString().contains("train") && target.toString().endsWith(".arrow")) {
          shard = target;
        }
      }
    }
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    assertThatThrownBy(
            () -> model(TinyRun.config(), output(), Resume.NEVER).data(copy.toString()).execute())
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining(shard.getFileName().toString());
    assertThat(output()).doesNotExist();
  }

  @Test
  void aDirectoryWithoutManifestIsNoDataSet() {
    assertThatThrownBy(
            () -> model(TinyRun.config(), output(), Resume.NEVER).data(dir.toString()).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("manifest.json");
  }

  @Test
  void anotherVocabularyIsRefused() {
    assertThatThrownBy(() -> train(TinyRun.config("model.vocab-size=301"), output(), Resume.NEVER))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageContaining("Invalid model.vocab-size [301]")
        .hasMessageContaining("Set model.vocab-size to 300");
    assertThat(output()).doesNotExist();
  }

  @Test
  void textShorterThanOneWindowIsRefused() {
    assertThatThrownBy(
            () -> train(TinyRun.config("training.sequence-length=60000"), output(), Resume.NEVER))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageContaining("Invalid training.sequence-length [60000]");
  }

  @Test
  void moreWorkersThanSlotsAreRefused() {
    assertThatThrownBy(
            () ->
                train(
                    TinyRun.config("sync.workers=8", "training.virtual-shards=8"),
                    output(),
                    Resume.NEVER))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageContaining("Invalid sync.workers [8]: master local[4] runs 4 tasks")
        .hasMessageContaining("--master 'local[8]'");
  }

  @Test
  void aRunThatDivergesSaysSo() {
    assertThatThrownBy(
            () ->
                train(
                    TinyRun.config("optimizer.learning-rate=10", "optimizer.weight-decay=10"),
                    output(),
                    Resume.NEVER))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("is not finite at step");
  }
}
