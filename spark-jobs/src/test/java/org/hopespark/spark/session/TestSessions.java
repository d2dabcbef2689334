// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class TestSessions {
  private static SparkConf settings(String master, Map<String, String> conf) {
    return Sessions.settings(master, "test", conf);
  }

  @Test
  void workersStartTogetherOrNotAtAll() {
    SparkConf conf = settings("yarn", Map.of());
    assertThat(conf.get("spark.dynamicAllocation.enabled")).isEqualTo("false");
    assertThat(conf.get("spark.speculation")).isEqualTo("false");
    assertThat(conf.get("spark.locality.wait")).isEqualTo("0s");
    // Spark would wait a year for a lost partner.
    assertThat(conf.getTimeAsSeconds("spark.barrier.sync.timeout", "365d")).isLessThan(3600);
  }

  @Test
  void theCallerWins() {
    SparkConf conf =
        settings("local[2]", Map.of("spark.ui.enabled", "true", "spark.driver.host", "name"));
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
    assertThat(conf.get("spark.driver.host")).isEqualTo("name");
  }

  @Test
  void thisMachineIsReachedOverTheLoopback() {
    assertThat(settings("local[2]", Map.of()).get("spark.driver.host")).isEqualTo("127.0.0.1");
    assertThat(settings("yarn", Map.of()).contains("spark.driver.host")).isFalse();
  }

  @Test
  void anExecutorProcessRunsOneTaskOnAllItsCores() {
    SparkConf conf = settings("local-cluster[2,4,4096]", Map.of());
    assertThat(conf.get("spark.task.cpus")).isEqualTo("4");
    assertThat(conf.get("spark.executor.memory")).isEqualTo("2048m");
    assertThat(conf.get("spark.executorEnv.OMP_NUM_THREADS")).isEqualTo("1");
    assertThat(conf.get("spark.executor.extraJavaOptions"))
        .contains("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
  }

  @Test
  void executorsGetFurtherJars() {
    System.setProperty(Sessions.ASSEMBLY, "/somewhere/hope-spark.jar");
    System.setProperty(Sessions.JARS, "/a.jar" + File.pathSeparator + "/b.jar");
    try {
      assertThat(settings("local-cluster[2,1,1024]", Map.of()).get("spark.executor.extraClassPath"))
          .isEqualTo(
              String.join(File.pathSeparator, "/somewhere/hope-spark.jar", "/a.jar", "/b.jar"));
      assertThat(settings("spark://host:7077", Map.of()).get("spark.jars"))
          .isEqualTo("/somewhere/hope-spark.jar,/a.jar,/b.jar");
    } finally {
      System.clearProperty(Sessions.ASSEMBLY);
      System.clearProperty(Sessions.JARS);
    }
  }

  @Test
  void executorProcessesGetTheAssembly() {
    System.setProperty(Sessions.ASSEMBLY, "/somewhere/hope-spark.jar");
    try {
      assertThat(settings("local-cluster[2,1,1024]", Map.of()).get("spark.executor.extraClassPath"))
          .isEqualTo("/somewhere/hope-spark.jar");
      assertThat(settings("spark://host:7077", Map.of()).get("spark.jars"))
          .isEqualTo("/somewhere/hope-spark.jar");
      assertThat(settings("local[2]", Map.of()).contains("spark.jars")).isFalse();
    } finally {
      System.clearProperty(Sessions.ASSEMBLY);
    }
  }

  @Test
  void outputIsQuiet() {
    SparkConf conf = settings("local[2]", Map.of());
    assertThat(conf.get("spark.ui.showConsoleProgress")).isEqualTo("false");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
    assertThat(conf.get("spark.sql.session.timeZone")).isEqualTo("UTC");
  }
}
