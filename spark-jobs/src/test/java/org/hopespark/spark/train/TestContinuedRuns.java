// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that go on from a checkpoint, or must not. */
class TestContinuedRuns extends TrainingRuns {
  @ParameterizedTest
  @CsvSource({"5, 1, 1", "7, 2, 4", "4, 4, 2", "7, 1, 2"})
  void aRunThatWasCutOffEndsWithTheSameBits(int cut, int before, int after) throws IOException {
    String every = "checkpoint.every-steps=" + cut;
    TrainModel interrupted =
        model(
                TinyRun.config(
                    "sync.workers=" + before, every, "training.log-every=1", "sync.attempts=2"),
                output(),
                Resume.NEVER)
            .progress(
                progress -> {
                  if (progress.step() > cut) {
                    spark.sparkContext().cancelAllJobs();
                  }
                });
    // Every attempt at the second segment is cancelled, so the run gives up there.
    assertThatThrownBy(interrupted::execute)
        .isInstanceOf(org.hopespark.spark.ClusterFailureException.class)
        .hasMessageContaining("2 attempts failed")
        .hasMessageContaining("--resume auto");
    TrainResult resumed =
        train(TinyRun.config("sync.workers=" + after, every), output(), Resume.AUTO);
    assertThat(resumed.parametersDigest()).isEqualTo(single.parametersDigest());
    TinyRun.assertSameTensors(resumed, single);
    assertThat(resumed.trainLoss()).isEqualTo(single.trainLoss());
    assertThat(resumed.tokens()).isEqualTo(12L * 4 * 2 * 16);
  }

  @Test
  void aFinishedRunIsNotTrainedAgain() {
    TrainResult first = train(TinyRun.config(), output(), Resume.NEVER);
    List<Progress> seen = new ArrayList<>();
    TrainResult again =
        model(TinyRun.config(), output(), Resume.AUTO).progress(seen::add).execute();
    assertThat(again).isEqualTo(first);
    assertThat(seen).isEmpty();
  }

  @Test
  void resumingWithoutACheckpointStarts() throws IOException {
    TinyRun.assertSameTensors(train(TinyRun.config(), output(), Resume.AUTO), single);
  }

  @Test
  void whatAnAttemptLeftBehindIsNotACheckpoint() throws IOException {
    Path leftover = output().resolve("checkpoints/step-00000012");
    Files.createDirectories(leftover);
    Files.writeString(leftover.resolve("model.safetensors"), "half");
    TrainResult result = train(TinyRun.config(), output(), Resume.AUTO);
    TinyRun.assertSameTensors(result, single);
    assertThat(leftover).doesNotExist();
  }

  @Test
  void anOutputInUseIsRefused() throws IOException {
    Files.createDirectories(output());
    Files.writeString(output().resolve("mine.txt"), "mine");
    assertThatThrownBy(() -> train(TinyRun.config(), output(), Resume.NEVER))
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageContaining("is not empty")
        .hasMessageContaining("--resume auto");
    assertThat(output()).isDirectoryContaining(path -> path.endsWith("mine.txt"));
  }

  @Test
  void anotherConfigurationIsNotContinued() {
    train(TinyRun.config("sync.workers=1", "training.steps=2"), output(), Resume.NEVER);
    assertThatThrownBy(
            () ->
                train(
                    TinyRun.config("training.steps=2", "optimizer.learning-rate=0.02"),
                    output(),
                    Resume.AUTO))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(
            "optimizer.learning-rate is 0.01 in its checkpoint and 0.02 in this configuration");
  }

  @Test
  void anotherDataSetIsNotContinued() throws IOException {
    train(TinyRun.config("sync.workers=1", "training.steps=2"), output(), Resume.NEVER);
    Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
    String other = TinyRun.dataset(spark, elsewhere, 6);
    assertThatThrownBy(
            () ->
                model(TinyRun.config("sync.workers=1", "training.steps=2"), output(), Resume.AUTO)
                    .data(other)
                    .execute())
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageContaining("it was trained on data set");
  }

  @ParameterizedTest
  @CsvSource({"1, false", "2, false", "2, true"})
  void aSegmentGoesOnFromMemoryWhereItCan(int workers, boolean asynchronous) {
    FailingFileSystem.configure(spark.sparkContext().hadoopConfiguration());
    RunConfig config =
        TinyRun.config(
            "sync.workers=" + workers,
            "checkpoint.every-steps=5",
            "checkpoint.asynchronous=" + asynchronous);
    String path = FailingFileSystem.SCHEME + "://" + output();
    TrainResult result = new TrainModel(spark).config(config).data(data).output(path).execute();
    assertThat(result.parametersDigest()).isEqualTo(single.parametersDigest());
    assertThat(FailingFileSystem.OPENED).noneMatch(name -> name.endsWith(".safetensors"));
    // Where it is not yet written, memory is held against what the driver has heard.
    assertThat(FailingFileSystem.OPENED.contains("manifest.json")).isNotEqualTo(asynchronous);
    assertThat(Survivors.count()).isZero();
  }
}
