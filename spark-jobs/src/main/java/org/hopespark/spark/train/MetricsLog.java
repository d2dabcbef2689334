// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.hopespark.data.store.Json;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;

/**
 * From the ranks' reports to lines of {@code metrics.jsonl} and to what a listener sees. Starts at
 * a committed state, so the steps between the last line and the commit are not lost.
 */
final class MetricsLog {
  private static final double MILLIS = 1e3;

  private final RunConfig config;
  private final List<Level> levels;
  private final TrainerState before;
  private final List<String> lines = new ArrayList<>();
  private IntervalSum open;
  private Double lastLoss;
  private long loggedSteps;
  private double loggedSeconds;
  private List<IntervalReport> lastReports = List.of();

  MetricsLog(RunConfig config, List<Level> levels, TrainerState state) {
    this.config = config;
    this.levels = levels;
    this.before = state;
    this.open = state.openInterval();
    this.lastLoss = state.trainLoss();
  }

  /**
   * Adds the same interval of all ranks.
   *
   * @param reports by rank
   * @return progress if the interval ends at a logging step, null if it is still open
   */
  Progress add(List<IntervalReport> reports) {
    IntervalReport first = reports.get(0);
    open = open.plus(reports, levels);
    long steps = config.training().steps();
    if (first.step() % config.training().logEvery() != 0 && first.step() != steps) {
      return null;
    }
    long tokens = open.steps() * StepLoop.tokensPerStep(config);
    double loss = open.lossSum() / tokens;
    double seconds = slowest(reports);
    IntervalExchange exchange = IntervalExchange.of(lastReports, reports, levels, seconds);
    lastReports = reports;
    loggedSteps += open.steps();
    loggedSeconds += open.seconds();
    Progress progress =
        new Progress(
            first.step(),
            steps,
            loss,
            open.gradientNorms(),
            first.learningRate(),
            tokens / open.seconds(),
            (steps - first.step()) * loggedSeconds / loggedSteps,
            bytesSent(reports),
            seconds,
            exchange.levels(),
            exchange.straggler());
    lines.add(line(progress, reports));
    lastLoss = loss;
    open = IntervalSum.EMPTY;
    return progress;
  }

  private String line(Progress progress, List<IntervalReport> reports) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("step", progress.step());
    fields.put("tokens", progress.step() * StepLoop.tokensPerStep(config));
    fields.put("time", reports.get(0).endMillis() / MILLIS);
    fields.put("loss", progress.loss());
    fields.put("learningRate", progress.learningRate());
    fields.put("workers", reports.size());
    fields.put("tokensPerSecond", progress.tokensPerSecond());
    fields.put("stepSeconds", open.seconds() / open.steps());
    fields.put("gradientNorms", progress.gradientNorms());
    fields.put(
        "due",
        levels.stream()
            .filter(level -> LevelSchedule.due(level, progress.step(), progress.steps()))
            .map(Level::name)
            .toList());
    fields.put("bytesSent", progress.bytesSent());
    if (!progress.exchanges().isEmpty()) {
      fields.put("exchangeSeconds", by(progress, LevelExchange::seconds));
      fields.put("waitSeconds", by(progress, LevelExchange::waitSeconds));
      fields.put("skewSeconds", by(progress, LevelExchange::skewSeconds));
    }
    // At the checkpoints before these steps, all together.
    fields.put("checkpointSeconds", before.checkpointSeconds());
    fields.put("checkpointWaitSeconds", before.checkpointWaitSeconds());
    progress.straggler().ifPresent(straggler -> fields.put("straggler", straggler));
    return Json.line(fields);
  }

  private static Map<String, Double> by(Progress progress, ToDoubleFunction<LevelExchange> figure) {
    Map<String, Double> figures = new LinkedHashMap<>();
    progress
        .exchanges()
        .forEach((level, exchange) -> figures.put(level, figure.applyAsDouble(exchange)));
    return figures;
  }

  private static double slowest(List<IntervalReport> reports) {
    return reports.stream().mapToDouble(IntervalReport::seconds).max().orElseThrow();
  }

  private Map<String, Long> bytesSent(List<IntervalReport> reports) {
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (Level level : levels) {
      bytes.put(
          level.name(), before.levels().get(level.index()).bytesSent() + sent(reports, level));
    }
    return bytes;
  }

  static long sent(List<IntervalReport> reports, Level level) {
    return reports.stream()
        .mapToLong(report -> report.traffic().get(level.index()).bytesSent())
        .sum();
  }

  /** One JSON object per logging step added so far. */
  List<String> lines() {
    return lines;
  }

  /** Mean loss of the last complete interval; null before the first. */
  Double lastLoss() {
    return lastLoss;
  }

  /** Steps since then. */
  IntervalSum open() {
    return open;
  }
}
