// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.store.Storage;
import org.hopespark.spark.session.Sessions;

/**
 * A driver with two executor processes, one of which dies by SIGKILL in the middle of the second
 * segment, while the checkpoint of the first is being written in the background, and again in the
 * middle of the second, when it is committed; then the same run undisturbed, and the first one cut
 * off and resumed with one worker. Prints what came out. Arguments: a data set, an empty directory.
 */
final class KillOneExecutor {
  static final String RESULT = "result ";

  private KillOneExecutor() {}

  public static void main(String[] args) throws IOException {
    String data = args[0];
    Path dir = Path.of(args[1]);
    Map<String, String> conf =
        Map.of(
            "spark.executor.extraClassPath",
            System.getProperty("java.class.path"),
            // Workers then mix Spark's secret into their own and encrypt what they exchange.
            "spark.authenticate",
            "true",
            "spark.authenticate.secret",
            "not so secret here",
            "spark.network.crypto.enabled",
            "true",
            "spark.hadoop.fs." + SlowFileSystem.SCHEME + ".impl",
            SlowFileSystem.class.getName());
    SparkSession spark = Sessions.open("local-cluster[2,1,1024]", "kill", conf);
    try {
      List<String> restarts = new ArrayList<>();
      ProgressListener killer =
          new ProgressListener() {
            private int kills;

            @Override
            public synchronized void onProgress(Progress progress) {
              if (progress.step() > 96 && kills <= restarts.size() && kills < 2) {
                kills++;
                System.out.println(RESULT + "killed=" + killOne());
              }
            }

            @Override
            public void onNotice(String line) {
              System.out.println(RESULT + "notice=" + line);
            }

            @Override
            public synchronized void onRestart(String line) {
              restarts.add(line);
            }
          };
      TrainResult disturbed =
          model(spark, data, 2, killer, "checkpoint.asynchronous=true")
              .output(SlowFileSystem.SCHEME + "://" + dir.resolve("disturbed"))
              .execute();
      restarts.forEach(line -> System.out.println(RESULT + "restart=" + line));
      TrainResult whole = train(spark, data, dir.resolve("whole"), 1, Resume.NEVER, progress -> {});
      cutOff(dir.resolve("disturbed"), 80);
      TrainResult resumed =
          train(spark, data, dir.resolve("disturbed"), 1, Resume.AUTO, progress -> {});
      System.out.println(RESULT + "resumed=" + resumed.parametersDigest());
      System.out.println(RESULT + "disturbed=" + disturbed.parametersDigest());
      System.out.println(RESULT + "whole=" + whole.parametersDigest());
    } finally {
      spark.stop();
    }
  }

  static TrainResult train(
      SparkSession spark,
      String data,
      Path output,
      int workers,
      Resume resume,
      ProgressListener listener) {
    return model(spark, data, workers, listener).output(output.toString()).resume(resume).execute();
  }

  private static TrainModel model(
      SparkSession spark, String data, int workers, ProgressListener listener, String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(
        List.of(
            "sync.workers=" + workers,
            "sync.min-workers=1",
            "training.steps=240",
            "training.log-every=4",
            "checkpoint.every-steps=80",
            "sync.overlap=true",
            // Both kinds of state: moments by element, momentum by whole matrices.
            "optimizer.levels=[{level: mid, name: muon}]"));
    return new TrainModel(spark)
        .config(TinyRun.config(settings.toArray(String[]::new)))
        .data(data)
        .progress(listener);
  }

  static void print(String name, Object value) {
    System.out.println(RESULT + name + "=" + value);
  }

  /** Makes the run one that was cut off after {@code step}. */
  static void cutOff(Path run, long step) throws IOException {
    Configuration hadoop = new Configuration();
    CheckpointStore store = new CheckpointStore(hadoop, Storage.qualified(hadoop, run.toString()));
    for (org.apache.hadoop.fs.Path checkpoint : store.committed()) {
      if (CheckpointStore.step(checkpoint) > step) {
        Storage.fileSystem(hadoop, checkpoint).delete(checkpoint, /* recursive= */ true);
      }
    }
  }

  /**
   * The executors are children of this process, because their Spark worker runs inside of it; their
   * command lines are too long for the system to tell.
   */
  static long killOne() {
    ProcessHandle executor =
        ProcessHandle.current()
            .descendants()
            .filter(process -> process.info().command().orElse("").endsWith("/java"))
            .findFirst()
            .orElseThrow();
    executor.destroyForcibly();
    return executor.pid();
  }
}
