// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.hopespark.spark.session.Sessions;

/**
 * A driver on a standalone cluster of two machines, one of which goes for good in the middle of the
 * second segment: its worker daemon and its executor. Prints what came out. Arguments: a data set,
 * an empty directory, the master, the process of the daemon.
 */
final class LoseOneWorker {
  private LoseOneWorker() {}

  public static void main(String[] args) {
    String data = args[0];
    Path dir = Path.of(args[1]);
    ProcessHandle daemon = ProcessHandle.of(Long.parseLong(args[3])).orElseThrow();
    Map<String, String> conf =
        Map.of(
            "spark.executor.extraClassPath", System.getProperty("java.class.path"),
            "spark.driver.host", "127.0.0.1",
            "spark.driver.bindAddress", "127.0.0.1",
            "spark.executor.memory", "512m",
            "spark.executor.cores", "1",
            "spark.task.cpus", "1");
    SparkSession spark = Sessions.open(args[2], "lose", conf);
    try {
      TrainResult disturbed =
          KillOneExecutor.train(spark, data, dir.resolve("run"), 2, Resume.NEVER, lose(daemon));
      System.out.println(KillOneExecutor.RESULT + "disturbed=" + disturbed.parametersDigest());
      System.out.println(KillOneExecutor.RESULT + "workers=" + disturbed.workers());
      TrainResult whole =
          KillOneExecutor.train(spark, data, dir.resolve("whole"), 1, Resume.NEVER, progress -> {});
      System.out.println(KillOneExecutor.RESULT + "whole=" + whole.parametersDigest());
    } finally {
      spark.stop();
    }
  }

  private static ProgressListener lose(ProcessHandle daemon) {
    return new ProgressListener() {
      private boolean isLost;

      @Override
      public synchronized void onProgress(Progress progress) {
        if (progress.step() > 96 && !isLost) {
          isLost = true;
          // The executor by itself would be replaced; the daemon first, so that nobody does.
          Iterable<ProcessHandle> executors = daemon.descendants().toList();
          daemon.destroyForcibly();
          executors.forEach(ProcessHandle::destroyForcibly);
        }
      }

      @Override
      public void onNotice(String line) {
        System.out.println(KillOneExecutor.RESULT + "notice=" + line);
      }

      @Override
      public void onRestart(String line) {
        System.out.println(KillOneExecutor.RESULT + "restart=" + line);
      }
    };
  }
}
