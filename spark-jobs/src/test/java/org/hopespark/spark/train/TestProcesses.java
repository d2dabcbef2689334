// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors as processes of their own, started by a driver that is a process of its own. */
class TestProcesses {
  @TempDir Path dir;

  @Test
  void anExecutorKilledInTheMiddleCostsTimeAndNoBits() throws Exception {
    Path log = dir.resolve("driver.log");
    Process driver = start(KillOneExecutor.class, log);
    try {
      assertThat(driver.waitFor(300, TimeUnit.SECONDS)).isTrue();
    } finally {
      driver.descendants().forEach(ProcessHandle::destroyForcibly);
      driver.destroyForcibly();
    }
    assertThat(driver.exitValue()).isZero();
    Map<String, String> results = results(log);
    assertThat(results).containsKey("killed");
    assertThat(results.get("restart"))
        .contains("Lost a worker between steps 81 and 160")
        .contains("going on from step 80, attempt 2 of 4");
    assertThat(results.get("disturbed")).hasSize(64).isEqualTo(results.get("whole"));
    assertThat(results.get("resumed")).isEqualTo(results.get("whole"));
  }

  private static Map<String, String> results(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.startsWith(KillOneExecutor.RESULT))
        .map(line -> line.substring(KillOneExecutor.RESULT.length()).split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (a, b) -> a + "; " + b));
  }

  /** Runs {@code main} with this JVM's class path and flags, and an empty Spark home. */
  private Process start(Class<?> main, Path log) throws IOException {
    Path home = Files.createDirectories(dir.resolve("spark-home"));
    Files.createDirectory(home.resolve("jars"));
    Files.createFile(home.resolve("RELEASE"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add-opens") || flag.startsWith("-D"))
        .forEach(command::add);
    command.add("-Xmx1g");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.add(Files.createDirectory(dir.resolve("work")).toString());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .directory(dir.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    return builder.start();
  }
}
