// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** The command line as it was given. */
final class CommandLines {
  private static final Pattern PLAIN = Pattern.compile("[\\w./:=,@%+-]+");

  private CommandLines() {}

  /**
   * Returns what would repeat the command in a shell; for a command whose arguments have been
   * parsed.
   */
  static String given(CommandSpec spec) {
    return spec.root().commandLine().getParseResult().originalArgs().stream()
        .map(CommandLines::quoted)
        .collect(Collectors.joining(" ", "hope ", ""));
  }

  static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
