// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.session.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A session, a small data set, and a run of one worker to compare with. */
abstract class TrainingRuns {
  @TempDir static Path shared;
  static SparkSession spark;
  static String data;
  static TrainResult single;

  @TempDir Path dir;

  @BeforeAll
  static void open() throws IOException {
    spark = Sessions.open("local[4]");
    data = TinyRun.dataset(spark, shared, 5);
    single = train(TinyRun.config("sync.workers=1"), shared.resolve("single"), Resume.NEVER);
  }

  @AfterAll
  static void close() {
    spark.stop();
  }

  static TrainModel model(RunConfig config, Path output, Resume resume) {
    return new TrainModel(spark).config(config).data(data).output(output.toString()).resume(resume);
  }

  static TrainResult train(RunConfig config, Path output, Resume resume) {
    return model(config, output, resume).execute();
  }

  final Path output() {
    return dir.resolve("run");
  }
}
