// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.session.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * 300 steps with levels of periods 1, 4, 16 and 64: the same bits of parameters and optimizer state
 * for any number of workers, and for runs that were cut off anywhere and went on with another
 * number. Takes minutes, so its name keeps it out of {@code mvn verify}; {@code .ci/run} calls it.
 */
class ResumeSuite {
  private static final List<String> SETTINGS =
      List.of(
          "training.steps=300",
          "training.log-every=1",
          "model.cms=[{name: fast, period: 4}, {name: mid, period: 16}, {name: slow, period: 64}]",
          "sync.attempts=1");

  @TempDir static Path shared;
  private static SparkSession spark;
  private static String data;

  /** What an undisturbed worker ends with, by optimizer. */
  private static final Map<String, SavedModel.Verified> SINGLE = new HashMap<>();

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

  private static RunConfig config(String optimizer, int workers, long everySteps) {
    List<String> settings = new ArrayList<>(SETTINGS);
    settings.add("optimizer.name=" + optimizer);
    settings.add("sync.workers=" + workers);
    settings.add("checkpoint.every-steps=" + everySteps);
    return TinyRun.config(settings.toArray(String[]::new));
  }

  private static SavedModel.Verified train(RunConfig config, Path output, Resume resume)
      throws IOException {
    TrainResult result =
        new TrainModel(spark)
            .config(config)
            .data(data)
            .output(output.toString())
            .resume(resume)
            .execute();
    assertThat(result.steps()).isEqualTo(300);
    assertThat(result.replicaHashesAgree()).isTrue();
    return SavedModel.find(new Configuration(), result.checkpoint()).verify();
  }

  private static void assertSameBits(SavedModel.Verified some, String optimizer)
      throws IOException {
    if (!SINGLE.containsKey(optimizer)) {
      SINGLE.put(
          optimizer, train(config(optimizer, 1, 300), shared.resolve(optimizer), Resume.NEVER));
    }
    SavedModel.Verified single = SINGLE.get(optimizer);
    assertThat(some.parametersDigest()).hasSize(64).isEqualTo(single.parametersDigest());
    assertThat(some.stateDigest()).hasSize(64).isEqualTo(single.stateDigest());
  }

  @ParameterizedTest
  @CsvSource({"adamw, 2", "adamw, 4", "muon, 2", "muon, 4"})
  void anyNumberOfWorkersGivesTheBitsOfOne(String optimizer, int workers) throws IOException {
    assertSameBits(
        train(config(optimizer, workers, 300), dir.resolve("run"), Resume.NEVER), optimizer);
  }

  /** After step 1 no level but core has been updated, after 17 and 100 all are inside intervals. */
  @ParameterizedTest
  @CsvSource({
    "adamw, 1, 1, 4", "adamw, 1, 4, 2", "adamw, 17, 1, 2", "adamw, 17, 2, 4", "adamw, 17, 4, 1",
    "adamw, 100, 2, 1", "adamw, 100, 4, 2", "adamw, 100, 1, 4", "muon, 1, 2, 1", "muon, 1, 2, 4",
    "muon, 17, 1, 4", "muon, 17, 4, 2", "muon, 17, 2, 1", "muon, 100, 1, 2", "muon, 100, 2, 4",
    "muon, 100, 4, 1"
  })
  void aRunThatWasCutOffGoesOnWithAnotherNumberOfWorkers(
      String optimizer, int cut, int before, int after) throws IOException {
    Path output = dir.resolve("run");
    TrainModel interrupted =
        new TrainModel(spark)
            .config(config(optimizer, before, cut))
            .data(data)
            .output(output.toString())
            .progress(
                progress -> {
                  if (progress.step() > cut) {
                    spark.sparkContext().cancelAllJobs();
                  }
                });
    assertThatThrownBy(interrupted::execute).isInstanceOf(ClusterFailureException.class);
    SavedModel saved = SavedModel.find(new Configuration(), output.toString());
    assertThat(saved.step()).isEqualTo(cut);
    assertSameBits(train(config(optimizer, after, 300), output, Resume.AUTO), optimizer);
  }
}
