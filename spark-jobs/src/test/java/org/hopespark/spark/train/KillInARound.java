// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.hopespark.spark.session.Sessions;

/**
 * A driver with two executor processes that train in rounds, one of which dies by SIGKILL in the
 * middle of the second segment; then the same run undisturbed with connections between them. Prints
 * what came out. Arguments: a data set, an empty directory.
 */
final class KillInARound {
  private KillInARound() {}

  public static void main(String[] args) {
    String data = args[0];
    Path dir = Path.of(args[1]);
    Map<String, String> conf =
        Map.of("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    SparkSession spark = Sessions.open("local-cluster[2,1,1024]", "rounds", conf);
    try {
      List<String> restarts = new ArrayList<>();
      ProgressListener killer =
          new ProgressListener() {
            private boolean killed;

            @Override
            public synchronized void onProgress(Progress progress) {
              if (progress.step() > 48 && !killed) {
                killed = true;
                KillOneExecutor.print("killed", KillOneExecutor.killOne());
              }
            }

            @Override
            public void onNotice(String line) {
              KillOneExecutor.print("notice", line);
            }

            @Override
            public void onRestart(String line) {
              restarts.add(line);
            }
          };
      TrainResult disturbed = train(spark, data, dir.resolve("disturbed"), "rounds", killer);
      restarts.forEach(line -> KillOneExecutor.print("restart", line));
      TrainResult whole = train(spark, data, dir.resolve("whole"), "p2p", progress -> {});
      KillOneExecutor.print("disturbed", disturbed.parametersDigest());
      KillOneExecutor.print("whole", whole.parametersDigest());
      KillOneExecutor.print("rounds.seconds", disturbed.trainSeconds());
      KillOneExecutor.print("p2p.seconds", whole.trainSeconds());
      KillOneExecutor.print("disturbed.checkpoint", disturbed.checkpoint());
      KillOneExecutor.print("whole.checkpoint", whole.checkpoint());
    } finally {
      spark.stop();
    }
  }

  private static TrainResult train(
      SparkSession spark, String data, Path output, String transport, ProgressListener listener) {
    return new TrainModel(spark)
        .config(
            TinyRun.config(
                "sync.transport=" + transport,
                "training.steps=80",
                "training.log-every=4",
                "checkpoint.every-steps=40"))
        .data(data)
        .output(output.toString())
        .progress(listener)
        .execute();
  }
}
