// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.session;

import java.io.File;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.hopespark.model.simd.RowMaths;

/**
 * Makes the session that a command runs in. What the caller or {@code spark-submit} has set wins
 * over the defaults here.
 */
public final class Sessions {
  /** System property: path of the jar that executor processes need. */
  public static final String ASSEMBLY = "hope.assembly";

  /** System property: further jars that executors need, between path separators. */
  public static final String JARS = "hope.jars";

  /** Environment variable: level of Spark's own log. */
  public static final String LOG_LEVEL = "HOPE_LOG_LEVEL";

  private static final String APP_NAME = "hope";
  private static final String LOOPBACK = "127.0.0.1";
  private static final int MIN_EXECUTOR_MEGABYTES = 512;

  private Sessions() {}

  /** Opens a session named {@code hope} with the defaults. */
  public static SparkSession open(String master) {
    return open(master, APP_NAME, Map.of());
  }

  /**
   * Opens a session, or returns the one that is open.
   *
   * @param master Spark's master URL
   * @param appName as listed by the cluster
   * @param conf Spark settings that win over the defaults
   */
  public static SparkSession open(String master, String appName, Map<String, String> conf) {
    SparkConf settings = settings(master, appName, conf);
    SparkSession spark = SparkSession.builder().config(settings).getOrCreate();
    String level = System.getenv(LOG_LEVEL);
    spark.sparkContext().setLogLevel(level == null ? "OFF" : level);
    return spark;
  }

  /** The settings that {@link #open(String)} opens a session with. */
  public static SparkConf settings(String master) {
    return settings(master, APP_NAME, Map.of());
  }

  static SparkConf settings(String url, String appName, Map<String, String> conf) {
    SparkConf settings = new SparkConf().setMaster(url).setAppName(appName);
    conf.forEach(settings::set);
    Master master = Master.parse(url);
    quiet(settings);
    gang(settings);
    executors(settings);
    switch (master.kind()) {
      case THREADS -> onThisMachine(settings, master);
      case PROCESSES -> {
        onThisMachine(settings, master);
        processes(settings, master);
      }
      case CLUSTER -> {
        String jars = jars(",");
        if (!jars.isEmpty()) {
          settings.setIfMissing("spark.jars", jars);
        }
      }
    }
    return settings;
  }

  private static void quiet(SparkConf settings) {
    settings.setIfMissing("spark.ui.enabled", "false");
    settings.setIfMissing("spark.ui.showConsoleProgress", "false");
    settings.setIfMissing("spark.sql.session.timeZone", "UTC");
    // Spark's 4,096 rows at a time are gigabytes where documents are books.
    settings.setIfMissing("spark.sql.parquet.columnarReaderBatchSize", "128");
    settings.setIfMissing("spark.plugins", HopePlugin.class.getName());
  }

  /** All workers of a segment start together, or the segment is tried again by the driver. */
  private static void gang(SparkConf settings) {
    settings.setIfMissing("spark.dynamicAllocation.enabled", "false");
    settings.setIfMissing("spark.speculation", "false");
    settings.setIfMissing("spark.locality.wait", "0s");
    settings.setIfMissing("spark.barrier.sync.timeout", "300");
    // The wait for slots is the product; Spark's own 15 s of interval would be felt at every start.
    settings.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
    settings.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "600");
    // A task that does not end when it is told to holds cores and ports of its successor.
    settings.setIfMissing("spark.task.reaper.enabled", "true");
    settings.setIfMissing("spark.task.reaper.killTimeout", "120s");
  }

  /** Threads belong to the trainer, so BLAS stays on the one that calls it. */
  private static void executors(SparkConf settings) {
    for (String name :
        new String[] {
          "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "SD_MAX_THREADS", "SD_MASTER_THREADS"
        }) {
      settings.setIfMissing("spark.executorEnv." + name, "1");
    }
    // JavaCPP counts mapped files as its own memory and would end the process at its limit. Every
    // worker needs the driver's choice of kernels.
    settings.setIfMissing(
        "spark.executor.extraJavaOptions",
        "-Dorg.bytedeco.javacpp.maxphysicalbytes=0 %s -D%s=%s"
            .formatted(
                RowMaths.JVM_OPTIONS,
                RowMaths.PROPERTY,
                System.getProperty(RowMaths.PROPERTY, "auto")));
  }

  /** A machine's own name need not resolve, and nobody else has to reach this driver. */
  private static void onThisMachine(SparkConf settings, Master master) {
    settings.setIfMissing("spark.driver.host", LOOPBACK);
    settings.setIfMissing("spark.driver.bindAddress", LOOPBACK);
    settings.setIfMissing(
        "spark.sql.shuffle.partitions",
        Integer.toString(Math.max(4, 2 * master.workers() * master.cores())));
  }

  /** Half of a process' memory is heap, the rest is for what ND4J holds outside of it. */
  private static void processes(SparkConf settings, Master master) {
    int heap = Math.max(MIN_EXECUTOR_MEGABYTES, master.memoryMegabytes() / 2);
    settings.setIfMissing("spark.executor.memory", heap + "m");
    settings.setIfMissing("spark.task.cpus", Integer.toString(Math.max(1, master.cores())));
    // The supervisor counts attempts; Spark would end the whole application at the tenth.
    settings.setIfMissing("spark.deploy.maxExecutorRetries", "-1");
    String jars = jars(File.pathSeparator);
    if (!jars.isEmpty()) {
      settings.setIfMissing("spark.executor.extraClassPath", jars);
    }
  }

  /** The assembly, where there is one, and further jars. */
  private static String jars(String separator) {
    String assembly = System.getProperty(ASSEMBLY);
    if (assembly == null) {
      return "";
    }
    String further = System.getProperty(JARS);
    return further == null
        ? assembly
        : assembly + separator + further.replace(File.pathSeparator, separator);
  }
}
