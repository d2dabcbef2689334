// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.spark.report.WriteReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hope report}. */
@Command(
    name = "report",
    description = "Draws one run, or compares several, as an HTML page that opens offline.")
final class ReportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--run",
      arity = "1..*",
      required = true,
      paramLabel = "DIR",
      description = "Output of hope train or hope quickstart; several are compared.")
  List<String> runs;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "HTML file to create.")
  String output;

  ReportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.line(
        "report", new WriteReport(new Configuration()).runs(runs).output(output).execute());
    return ExitCodes.DONE;
  }
}
