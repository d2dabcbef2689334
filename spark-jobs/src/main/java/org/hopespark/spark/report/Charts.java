// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.hopespark.spark.report.LineChart.Point;
import org.hopespark.spark.report.RunSummary.Baselines;
import org.hopespark.spark.report.RunSummary.LevelTraffic;

/** The charts of a run, from its records. */
final class Charts {
  private static final int MOST_POINTS = 600;
  private static final int MOST_MARKS = 240;
  private static final double SMOOTHING_SHARE = 0.02;
  private static final int NUM_COLOURS = 6;

  private Charts() {}

  /**
   * Returns training loss over steps, the final validation loss and the baselines beside it, and a
   * row of update marks for each level.
   */
  static String loss(Run run) {
    List<Point> logged = points(run, MetricsPoint::loss);
    LineChart chart = new LineChart("Training loss over steps", "step", "loss, nats per token");
    chart.series("", "raw", Curve.thinned(logged, MOST_POINTS));
    chart.series("training", "tone-1", smooth(logged));
    if (run.summary().validation() != null) {
      chart.reference(
          "validation " + Numbers.decimal(run.summary().validation().loss(), 3),
          "tone-2",
          run.summary().validation().loss());
    }

    Baselines baselines = run.summary().baselines();
    if (baselines != null) {
      chart.reference(
          "unigram " + Numbers.decimal(baselines.unigramLoss(), 3),
          "quiet",
          baselines.unigramLoss());
      chart.reference(
          "uniform " + Numbers.decimal(baselines.uniformLoss(), 3),
          "quiet",
          baselines.uniformLoss());
    }

    for (LevelTraffic level : run.summary().levels()) {
      List<Double> updates = updates(level, run.summary().steps());
      if (updates.size() <= MOST_MARKS) {
        chart.marks(level.name(), "tone-3", updates);
      }
    }

    return chart.svg();
  }

  static String throughput(Run run) {
    List<Point> logged = points(run, MetricsPoint::tokensPerSecond);
    LineChart chart = new LineChart("Throughput over steps", "step", "tokens per second");
    chart.series("", "tone-1", Curve.thinned(logged, MOST_POINTS));
    if (!logged.isEmpty()) {
      chart.reference(
          "mean " + Numbers.count(Math.round(run.summary().tokensPerSecond())),
          "quiet",
          run.summary().tokensPerSecond());
      chart.fromZero();
    }

    return chart.svg();
  }

  /** Returns the smoothed losses of several runs over each other. */
  static String losses(List<Run> runs, List<String> names) {
    LineChart chart = new LineChart("Training loss of each run", "step", "loss, nats per token");
    for (int i = 0; i < runs.size(); i++) {
      chart.series(names.get(i), tone(i), smooth(points(runs.get(i), MetricsPoint::loss)));
    }

    return chart.svg();
  }

  static String validation(RunSummary summary) {
    BarChart chart = new BarChart("Validation loss beside its baselines");
    chart.bar(
        "this model",
        "tone-2",
        summary.validation().loss(),
        Numbers.decimal(summary.validation().loss(), 3));
    chart.bar(
        "unigram",
        "quiet",
        summary.baselines().unigramLoss(),
        Numbers.decimal(summary.baselines().unigramLoss(), 3));
    chart.bar(
        "uniform",
        "quiet",
        summary.baselines().uniformLoss(),
        Numbers.decimal(summary.baselines().uniformLoss(), 3));
    return chart.svg();
  }

  /**
   * Returns the steps at which a level is updated: the multiples of its period, and the last step.
   */
  static List<Double> updates(LevelTraffic level, long steps) {
    List<Double> updates = new ArrayList<>();
    for (long step = level.period(); step < steps; step += level.period()) {
      updates.add((double) step);
    }

    updates.add((double) steps);
    return updates;
  }

  /** Returns the style class of the i-th run of a comparison. */
  static String tone(int i) {
    return "tone-" + (i % NUM_COLOURS + 1);
  }

  private static List<Point> smooth(List<Point> logged) {
    return Curve.thinned(
        Curve.smoothed(logged, (int) Math.ceil(logged.size() * SMOOTHING_SHARE)), MOST_POINTS);
  }

  private static List<Point> points(Run run, ToDoubleFunction<MetricsPoint> value) {
    return run.metrics().stream()
        .map(point -> new Point(point.step(), value.applyAsDouble(point)))
        .filter(point -> Double.isFinite(point.y()))
        .toList();
  }
}
