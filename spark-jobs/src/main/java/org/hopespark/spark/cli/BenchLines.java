// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import org.hopespark.model.bench.StepReport;
import org.hopespark.model.bench.StepReport.GroupTime;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.report.Numbers;
import org.hopespark.spark.report.Table;

/** What {@code hope bench} prints for people. */
final class BenchLines {
  private static final double GIGA = 1e-9;
  private static final double MILLI = 1e3;

  private final Terminal terminal;

  BenchLines(Terminal terminal) {
    this.terminal = terminal;
  }

  void print(RunConfig config, StepReport report) {
    terminal.line(
        "model",
        "%s, %d layers of width %d, %s parameters"
            .formatted(
                report.architecture(),
                config.model().layers(),
                config.model().dim(),
                Numbers.count(report.parameters())));
    terminal.line(
        "threads",
        "%d, and %d inside a product; OpenBLAS kernels for %s, %s kernels between the products"
            .formatted(
                report.threads(), report.blasThreads(), report.blasCore(), report.kernels()));
    terminal.line(
        "step",
        "%s ms (%s to %s) for %s tokens, median of %d after %d"
            .formatted(
                millis(report.stepSeconds().median()),
                millis(report.stepSeconds().min()),
                millis(report.stepSeconds().max()),
                Numbers.count(report.tokensPerStep()),
                report.timedSteps(),
                report.warmupSteps()));
    terminal.line(
        "throughput",
        "%s tokens per second (%s to %s)"
            .formatted(
                Numbers.decimal(report.tokensPerSecond(), 1),
                Numbers.decimal(report.tokensPerSecondMin(), 1),
                Numbers.decimal(report.tokensPerSecondMax(), 1)));
    terminal.line(
        "products",
        "%s of the sgemm peak of %s GFLOPS as executed, %s without what is computed twice"
            .formatted(
                percent(report.sgemmPeakShare()),
                Numbers.decimal(report.sgemmPeak() * GIGA, 1),
                percent(report.modelFlopsShare())));
    terminal.line("allocated", Numbers.bytes(report.bytesAllocatedPerStep()) + " of heap per step");
    terminal.line("peak memory", Numbers.bytes(report.peakRssBytes()));
    terminal.out().println();
    terminal.table(groups(report));
  }

  private static Table groups(StepReport report) {
    Table table =
        new Table()
            .text("time of the threads")
            .figures("share")
            .figures("products")
            .figures("copies")
            .figures("loops");
    for (GroupTime group : report.groups()) {
      table.row(
          group.name(),
          percent(group.share()),
          percent(group.products()),
          percent(group.copies()),
          percent(group.loops()));
    }

    return table.row("waiting", percent(report.waitingShare()), "", "", "");
  }

  private static String millis(double seconds) {
    return Numbers.decimal(seconds * MILLI, 1);
  }

  private static String percent(double share) {
    return Numbers.decimal(100 * share, 1) + " %";
  }
}
