// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * One run of the command line inside the test's process.
 *
 * @param exitCode what the process would return
 * @param out standard output, UTF-8
 * @param err standard error, UTF-8
 */
record Cli(int exitCode, String out, String err) {
  static Cli run(String... args) {
    return runWithInput(new byte[0], args);
  }

  static Cli runWithInput(byte[] input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Hope.execute(
            new Terminal(
                new ByteArrayInputStream(input),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)),
            args);
    return new Cli(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
