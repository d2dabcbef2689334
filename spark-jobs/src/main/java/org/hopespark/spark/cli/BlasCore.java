// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hopespark.model.tensor.NativeBackend;

/**
 * For which kind of CPU OpenBLAS chose its kernels. It says so only while it is loaded, on standard
 * error, so a second JVM is asked.
 */
final class BlasCore {
  private static final Pattern CORE = Pattern.compile("(?m)^Core: (\\S+)");

  private BlasCore() {}

  /** The second JVM. */
  public static void main(String[] args) {
    NativeBackend.load();
  }

  /** Returns the name of the kind, or nothing where it could not be found out. */
  static Optional<String> probe() {
    Optional<String> java = ProcessHandle.current().info().command();
    if (java.isEmpty()) {
      return Optional.empty();
    }

    List<String> command = new ArrayList<>(List.of(java.get()));
    command.addAll(
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(option -> !option.startsWith("-agentlib") && !option.startsWith("-javaagent"))
            .toList());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), BlasCore.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("OPENBLAS_VERBOSE", "2");
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      Matcher matcher = CORE.matcher(said);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
