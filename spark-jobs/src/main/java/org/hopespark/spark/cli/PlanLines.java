// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.plan.Forecast;
import org.hopespark.spark.plan.LevelForecast;
import org.hopespark.spark.plan.Plan;
import org.hopespark.spark.plan.StepForecast;
import org.hopespark.spark.report.Numbers;
import org.hopespark.spark.report.Table;

/** What {@code hope plan} prints for people. */
final class PlanLines {
  private static final double KILO = 1e-3;
  private static final double MEGA = 1e-6;
  private static final double SECONDS_PER_DAY = 86_400;

  private final Terminal terminal;

  PlanLines(Terminal terminal) {
    this.terminal = terminal;
  }

  void print(RunConfig config, Plan plan) {
    summary(config, plan);
    terminal.out().println();
    terminal.table(levels(plan));
    heading("Memory", "of a worker, outside the Java heap");
    terminal.table(memory(plan));
    heading(
        "Bytes", "that a worker sends, kB for each of its tokens; of all levels, MB for a step");
    terminal.table(bytes(plan));
    for (int network = 0; network < plan.forecasts().get(0).steps().size(); network++) {
      heading(
          "Steps",
          "at %s, nothing overlapped; seconds"
              .formatted(plan.forecasts().get(0).steps().get(network).bandwidth()));
      terminal.table(steps(plan, network));
    }
    if (plan.warning() != null) {
      terminal.out().println();
      terminal.line("warning", plan.warning());
    }
  }

  private void heading(String title, String text) {
    terminal.out().println();
    terminal.out().println(title + " " + text + ":");
  }

  private void summary(RunConfig config, Plan plan) {
    terminal.line(
        "model",
        "%s, %d layers of width %d, %s parameters"
            .formatted(
                plan.architecture(),
                config.model().layers(),
                config.model().dim(),
                Numbers.count(plan.parameters())));
    terminal.line(
        "step",
        "%s tokens: %d virtual shards of %d x %d"
            .formatted(
                Numbers.count(plan.tokensPerStep()),
                config.training().virtualShards(),
                config.training().batchSize(),
                config.training().sequenceLength()));
    terminal.line(
        "run",
        "%s steps, %s tokens"
            .formatted(
                Numbers.count(plan.steps()), Numbers.count(plan.steps() * plan.tokensPerStep())));
    terminal.line(
        "core",
        "%s updates of %s tokens; usual for this model and run: %s of %s"
            .formatted(
                Numbers.count(plan.batch().updates()),
                Numbers.count(plan.batch().tokens()),
                Numbers.count(Math.round(plan.batch().usualUpdates())),
                Numbers.count(Math.round(plan.batch().usualTokens()))));
    terminal.line(
        "worker",
        "%s tokens per second with %d %s; %s"
            .formatted(
                figure(plan.speed().tokensPerSecond()),
                plan.speed().threads(),
                plan.speed().threads() == 1 ? "thread" : "threads",
                plan.speed().how()));
    terminal.line(
        "saving",
        "sends 1/%s of averaging every parameter in every chunk in float32"
            .formatted(Numbers.decimal(plan.saving(), 2)));
  }

  private static Table levels(Plan plan) {
    Table table =
        new Table()
            .text("level")
            .figures("parameters")
            .figures("share")
            .figures("period")
            .figures("averaged every")
            .figures("tokens between");
    for (LevelForecast level : plan.forecasts().get(0).levels()) {
      table.row(
          level.name(),
          Numbers.count(level.parameters()),
          percent((double) level.parameters() / plan.parameters()),
          Numbers.count(level.period()),
          Numbers.count(level.interval()),
          Numbers.count(level.interval() * plan.tokensPerStep()));
    }

    return table;
  }

  private static Table memory(Plan plan) {
    List<String> names =
        plan.forecasts().stream()
            .flatMap(forecast -> forecast.memory().parts().keySet().stream())
            .distinct()
            .toList();
    Table table = new Table().figures("workers").figures("shards each").figures("threads");
    names.forEach(table::figures);
    table.figures("memory each");
    for (Forecast forecast : plan.forecasts()) {
      List<String> cells = head(forecast);
      cells.add(Numbers.count(forecast.threadsPerWorker()));
      for (String name : names) {
        cells.add(Numbers.bytes(forecast.memory().parts().getOrDefault(name, 0L)));
      }
      cells.add(Numbers.bytes(forecast.memory().total()));
      table.row(cells.toArray(String[]::new));
    }

    return table;
  }

  private static List<String> head(Forecast forecast) {
    List<String> cells = new ArrayList<>();
    cells.add(Numbers.count(forecast.workers()));
    cells.add(Numbers.count(forecast.virtualShardsPerWorker()));
    return cells;
  }

  /** Bytes that a worker sends for each of its own tokens. */
  private static Table bytes(Plan plan) {
    Table table = new Table().figures("workers");
    plan.forecasts().get(0).levels().forEach(level -> table.figures(level.name()));
    table.figures("all").figures("every chunk").figures("MB/step").figures("at most");
    for (Forecast forecast : plan.forecasts()) {
      List<String> cells = new ArrayList<>();
      cells.add(Numbers.count(forecast.workers()));
      forecast.levels().forEach(level -> cells.add(figure(level.bytesPerToken() * KILO)));
      cells.add(figure(forecast.bytesPerToken() * KILO));
      cells.add(figure(forecast.everyChunkBytesPerToken() * KILO));
      cells.add(figure(forecast.bytesPerChunk() * MEGA));
      cells.add(figure(forecast.peakBytesPerChunk() * MEGA));
      table.row(cells.toArray(String[]::new));
    }

    return table;
  }

  private static Table steps(Plan plan, int network) {
    Table table =
        new Table()
            .figures("workers")
            .figures("computing")
            .figures("averaging")
            .figures("step")
            .figures("longest")
            .figures("utilisation")
            .figures("tokens/s")
            .figures("days");
    for (Forecast forecast : plan.forecasts()) {
      StepForecast step = forecast.steps().get(network);
      table.row(
          Numbers.count(forecast.workers()),
          figure(step.computeSeconds()),
          figure(step.averagingSeconds()),
          figure(step.stepSeconds()),
          figure(step.computeSeconds() + step.longestAveragingSeconds()),
          percent(step.utilisation()),
          figure(step.tokensPerSecond()),
          figure(step.runSeconds() / SECONDS_PER_DAY));
    }

    return table;
  }

  /** Three digits at least, and none behind the point that means nothing. */
  private static String figure(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 || value == 0 ? 2 : 3;
    return Numbers.decimal(value, decimals);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
