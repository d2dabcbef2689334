// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.session.Sessions;
import picocli.CommandLine.Option;

/** Where a command runs. */
final class ClusterOptions {
  private static final Pattern MASTER =
      Pattern.compile(
          "local(\\[(\\d+|\\*)(,\\s*\\d+)?])?|local-cluster\\[\\s*\\d+\\s*,\\s*\\d+\\s*,\\s*\\d+\\s*]|yarn|(spark|k8s)://.+");

  // Under spark-submit the master is decided already.
  @Option(
      names = "--master",
      paramLabel = "URL",
      defaultValue = "${sys:spark.master:-local[*]}",
      description =
          "Spark master: local[*], local-cluster[2,1,4096], spark://host:7077, yarn, k8s://... Default: local[*].")
  String master;

  /**
   * Opens the session that the command runs in.
   *
   * @throws InvalidUsageException if Spark knows no such master
   */
  SparkSession open() {
    requireValid(master);
    return Sessions.open(master);
  }

  /**
   * Opens a session with room for so many workers: {@code local[*]} on a machine with fewer cores
   * gets a thread for each of them.
   */
  SparkSession open(int workers) {
    return Sessions.open(url(workers));
  }

  /** The settings that {@link #open(int)} opens a session with. */
  SparkConf settings(int workers) {
    return Sessions.settings(url(workers));
  }

  private String url(int workers) {
    requireValid(master);
    int threads = Math.max(workers, Runtime.getRuntime().availableProcessors());
    return master.equals("local[*]") ? "local[" + threads + "]" : master;
  }

  static void requireValid(String master) {
    if (!MASTER.matcher(master).matches()) {
      throw new InvalidUsageException(
          "Invalid --master [%s]: Spark has no such master. Give local[*], local-cluster[2,1,4096], spark://host:port, yarn or k8s://url."
              .formatted(master));
    }
  }
}
