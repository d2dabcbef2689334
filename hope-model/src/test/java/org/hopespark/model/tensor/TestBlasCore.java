// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what OpenBLAS itself says while it is loaded, in a process of its own. */
class TestBlasCore {
  private static final Pattern SAID = Pattern.compile("(?m)^Core: (\\S+)");

  /** The other process. */
  public static void main(String[] args) {
    System.out.println("Found: " + BlasCore.name());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Prescott", "Nehalem"})
  void namesTheKernelsThatOpenBlasSaysItTook(String wanted)
      throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                java,
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                TestBlasCore.class.getName()));
    builder.environment().put("OPENBLAS_VERBOSE", "2");
    builder.environment().put("OPENBLAS_CORETYPE", wanted);
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    Matcher said = SAID.matcher(output);
    assertThat(said.find()).as(output).isTrue();
    assertThat(output).containsIgnoringCase("Found: " + said.group(1) + "\n");
    assertThat(wanted).isIn("", said.group(1));
  }
}
