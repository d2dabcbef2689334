// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.stream.Collectors;
import org.hopespark.model.config.LevelSyncConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.train.MemoryPlan;
import org.hopespark.spark.report.Numbers;
import org.hopespark.spark.report.RunSummary;
import org.hopespark.spark.report.RunSummary.Baselines;
import org.hopespark.spark.report.RunSummary.LevelTraffic;
import org.hopespark.spark.report.RunSummary.Validation;
import org.hopespark.spark.report.Table;
import org.hopespark.spark.train.OuterStep;

/** What training and evaluation print when they are done. */
final class RunLines {
  private final Terminal terminal;

  RunLines(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Before training: what each of the workers will take. */
  void memory(RunConfig config, MemoryPlan plan) {
    int workers = config.sync().workers();
    terminal.line(
        "memory", (workers > 1 ? "each of %d workers: ".formatted(workers) : "") + plan.describe());
  }

  /** Before training: how the levels are averaged, where that is not exact and unrounded. */
  void averaging(RunConfig config) {
    if (config.isExact() && config.sync().wire().equals("float32")) {
      return;
    }
    terminal.line(
        "averaging",
        config.model().levelPeriods().keySet().stream()
                .map(level -> level + " " + averaging(config, level))
                .collect(Collectors.joining(", "))
            + "; "
            + config.sync().wire()
            + " on the wire");
  }

  private static String averaging(RunConfig config, String level) {
    LevelSyncConfig sync = config.sync().of(level);
    OuterStep step = OuterStep.of(config.sync(), level, config.sync().workers());
    return sync.mode().equals("outer")
        ? "outer at every %d boundaries (rate %s, momentum %s)"
            .formatted(sync.every(), step.rate(), step.momentum())
        : sync.mode();
  }

  void evaluated(Validation validation, Baselines baselines) {
    terminal.line(
        "evaluate",
        "loss %s, perplexity %s, bits per byte %s over %s tokens; unigram %s, uniform %s"
            .formatted(
                Numbers.decimal(validation.loss(), 3),
                Numbers.decimal(validation.perplexity(), 1),
                Numbers.decimal(validation.bitsPerByte(), 3),
                Numbers.count(validation.tokens()),
                Numbers.decimal(baselines.unigramLoss(), 3),
                Numbers.decimal(baselines.uniformLoss(), 3)));
  }

  /** Prints the figures of a run as two tables: the run, and its levels. */
  void figures(RunSummary summary) {
    Table run = new Table().text("").figures("").text("");
    if (summary.validation() != null) {
      run.row("validation loss", Numbers.decimal(summary.validation().loss(), 3), "nats per token");
      run.row("perplexity", Numbers.decimal(summary.validation().perplexity(), 1), "per token");
      run.row("bits per byte", Numbers.decimal(summary.validation().bitsPerByte(), 3), "");
      run.row(
          "unigram loss", Numbers.decimal(summary.baselines().unigramLoss(), 3), "nats per token");
      run.row(
          "uniform loss", Numbers.decimal(summary.baselines().uniformLoss(), 3), "nats per token");
    }

    run.row("training loss", Numbers.decimal(summary.trainLoss(), 3), "nats per token");
    run.row("parameters", Numbers.count(summary.parameters()), "");
    run.row("steps", Numbers.count(summary.steps()), "");
    run.row("tokens", Numbers.count(summary.tokens()), "");
    run.row(
        "throughput", Numbers.count(Math.round(summary.tokensPerSecond())), "tokens per second");
    run.row("training", Numbers.duration(summary.trainSeconds()), "");
    run.row("whole command", Numbers.duration(summary.wallSeconds()), "");
    run.row("peak memory", Numbers.bytes(summary.peakRssBytes()), "");
    run.row("replicas", summary.replicaHashesAgree() ? "agree" : "DIFFER", "");

    Table levels =
        new Table()
            .text("level")
            .figures("parameters")
            .figures("period")
            .figures("updates")
            .figures("syncs")
            .figures("bytes sent")
            .figures("predicted");
    for (LevelTraffic level : summary.levels()) {
      levels.row(
          level.name(),
          Numbers.count(level.parameters()),
          Numbers.count(level.period()),
          Numbers.count(level.updates()),
          Numbers.count(level.synchronisations()),
          Numbers.count(level.bytesSent()),
          Numbers.count(level.bytesPredicted()));
    }

    terminal.out().println();
    terminal.table(run);
    terminal.out().println();
    terminal.table(levels);
    terminal.out().println();
  }
}
