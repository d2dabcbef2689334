// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Locale;
import org.hopespark.spark.report.Table;

/**
 * Where a command reads and writes.
 *
 * @param in bytes for the commands that read standard input
 * @param out results
 * @param err failures
 */
record Terminal(InputStream in, PrintStream out, PrintStream err) {
  private static final int NAME_WIDTH = 16;

  static Terminal ofProcess() {
    return new Terminal(System.in, System.out, System.err);
  }

  /** Prints one aligned line: what was done, then its figures. */
  void line(String name, String text) {
    out.println(
        (String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s ", name) + text).stripTrailing());
    out.flush();
  }

  void table(Table table) {
    table.lines().forEach(out::println);
    out.flush();
  }

  void error(String line) {
    err.println("hope: " + line);
    err.flush();
  }
}
