// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.hopespark.spark.session.Sessions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors as processes of their own, started by a driver that is a process of its own. */
class TestProcesses {
  private static final int MINUTES = 10;

  @TempDir static Path shared;
  private static String data;

  @TempDir Path dir;

  /** Here, where it costs no processes. */
  @BeforeAll
  static void makeData() throws IOException {
    try (SparkSession spark = Sessions.open("local[2]")) {
      data = TinyRun.dataset(spark, shared, 5);
    }
  }

  @Test
  void anExecutorKilledInTheMiddleOrWhileItWritesCostsTimeAndNoBits() throws Exception {
    Path log = dir.resolve("driver.log");
    Map<String, String> results =
        run(
            start(
                log,
                KillOneExecutor.class.getName(),
                data,
                Files.createDirectory(dir.resolve("work")).toString()),
            log);
    assertThat(results).containsKey("killed");
    assertThat(results.get("restart"))
        .contains("Lost a worker between steps 1 and 80")
        .contains("going on from step 0, attempt 2 of 5")
        .contains("Lost a worker between steps 81 and 160")
        .containsPattern("rank [01] \\(executor \\d+ on 127.0.0.1\\) ended: ")
        .contains("going on from step 80, attempt 2 of 5");
    assertThat(results.get("disturbed")).hasSize(64).isEqualTo(results.get("whole"));
    assertThat(results.get("resumed")).isEqualTo(results.get("whole"));
    // The replacement came before fewer workers were started.
    assertThat(results.get("notice"))
        .contains("2 reach each other: 2 on 127.0.0.1 (1 core, 1 BLAS thread, ")
        .contains("steps 81 to 160 on 2 workers, the first one ");
  }

  @Test
  void inRoundsAKilledExecutorCostsTimeAndNoBitsEither() throws Exception {
    Path log = dir.resolve("driver.log");
    Map<String, String> results =
        run(
            start(
                log,
                KillInARound.class.getName(),
                data,
                Files.createDirectory(dir.resolve("work")).toString()),
            log);
    assertThat(results).containsKey("killed");
    assertThat(results.get("restart"))
        .contains("Lost a worker between steps 41 and 80")
        .containsPattern("rank [01] \\(executor \\d+ on 127.0.0.1\\) ended: ")
        .contains("going on from step 40, attempt 2 of 5");
    assertThat(results.get("notice")).contains("2 in rounds: 2 on 127.0.0.1 (1 core, ");
    assertThat(results.get("disturbed")).hasSize(64).isEqualTo(results.get("whole"));
    assertThat(TinyRun.digests(results.get("disturbed.checkpoint")))
        .isEqualTo(TinyRun.digests(results.get("whole.checkpoint")));
  }

  @Test
  void aMachineThatGoesForGoodHalvesTheWorkersAndChangesNoBits() throws Exception {
    String master = "spark://127.0.0.1:" + freePort();
    List<Process> cluster = new ArrayList<>();
    try {
      cluster.add(
          start(
              dir.resolve("master.log"),
              "org.apache.spark.deploy.master.Master",
              "--host",
              "127.0.0.1",
              "--port",
              master.substring(master.lastIndexOf(':') + 1),
              "--webui-port",
              "0"));
      for (int i = 0; i < 2; i++) {
        cluster.add(
            start(
                dir.resolve("worker-" + i + ".log"),
                "org.apache.spark.deploy.worker.Worker",
                "--host",
                "127.0.0.1",
                "--cores",
                "1",
                "--memory",
                "1g",
                "--webui-port",
                "0",
                "--work-dir",
                dir.resolve("worker-" + i).toString(),
                master));
      }
      Path log = dir.resolve("driver.log");
      Map<String, String> results =
          run(
              start(
                  log,
                  LoseOneWorker.class.getName(),
                  data,
                  Files.createDirectory(dir.resolve("work")).toString(),
                  master,
                  Long.toString(cluster.get(2).pid())),
              log);

      assertThat(results.get("restart")).contains("going on from step 80, attempt 2 of 5");
      assertThat(results.get("notice")).contains("going on with 1 of 2 workers");
      assertThat(results.get("workers"))
          .isEqualTo(
              "[WorkerSpan[from=1, to=80, workers=2], WorkerSpan[from=81, to=240, workers=1]]");
      assertThat(results.get("disturbed")).hasSize(64).isEqualTo(results.get("whole"));
    } finally {
      cluster.forEach(TestProcesses::kill);
    }
  }

  private static Map<String, String> run(Process driver, Path log) throws Exception {
    try {
      assertThat(driver.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    } finally {
      kill(driver);
    }
    assertThat(driver.exitValue()).as(() -> log.toString()).isZero();
    return results(log);
  }

  private static void kill(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Map<String, String> results(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.startsWith(KillOneExecutor.RESULT))
        .map(line -> line.substring(KillOneExecutor.RESULT.length()).split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (a, b) -> a + "; " + b));
  }

  /**
   * Runs a main class and its arguments with this JVM's class path and flags, and an empty Spark
   * home.
   */
  private Process start(Path log, String... words) throws IOException {
    Path home = dir.resolve("spark-home");
    Files.createDirectories(home.resolve("jars"));
    Files.writeString(home.resolve("RELEASE"), "");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add-opens") || flag.startsWith("-D"))
        .forEach(command::add);
    command.add("-Xmx1g");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .directory(dir.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }
}
