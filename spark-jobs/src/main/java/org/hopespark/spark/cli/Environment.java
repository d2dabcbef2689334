// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.sql.SparkSession;
import org.hopespark.model.tensor.NativeBackend;
import org.hopespark.spark.report.Numbers;

/** What a run ran on, name to value in the order of the report. */
final class Environment {
  private Environment() {}

  static Map<String, String> facts(SparkSession spark) {
    NativeBackend backend = NativeBackend.load();
    Runtime runtime = Runtime.getRuntime();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "Java", System.getProperty("java.version") + ", " + System.getProperty("java.vm.name"));
    facts.put(
        "system",
        "%s %s, %d cores"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                runtime.availableProcessors()));
    facts.put("Java heap", Numbers.bytes(runtime.maxMemory()));
    facts.put("Spark", "%s, master %s".formatted(spark.version(), spark.sparkContext().master()));
    facts.put(
        "Scala, Hadoop",
        "%s, %s".formatted(scala.util.Properties.versionNumberString(), VersionInfo.getVersion()));
    facts.put(
        "tensors",
        "%s, %s, %d thread inside a product"
            .formatted(backend.backend(), backend.blas(), backend.blasThreads()));
    facts.put("BLAS kernels", backend.blasCore());
    facts.put("thread settings", threadSettings());
    return facts;
  }

  /** Returns the revision of the sources that the launcher found. */
  static String gitRevision() {
    return System.getProperty("hope.git.revision", "unknown");
  }

  private static String threadSettings() {
    StringBuilder settings = new StringBuilder();
    for (String name : Doctor.THREAD_SETTINGS) {
      settings
          .append(settings.isEmpty() ? "" : ", ")
          .append(name)
          .append(' ')
          .append(System.getenv().getOrDefault(name, "not set"));
    }

    return settings.toString();
  }
}
