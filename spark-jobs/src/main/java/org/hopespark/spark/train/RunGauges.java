// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;
import org.hopespark.model.level.Level;
import org.hopespark.spark.session.Gauges;

/** What Spark's metrics system shows of a run: {@code run.*} on the driver, {@code worker.*}. */
final class RunGauges {
  private static final double NANOS = 1e-9;

  private RunGauges() {}

  /** On the driver, once per logging interval. */
  static void show(Progress progress) {
    Gauges gauges = Gauges.driver();
    gauges.set("run.step", (double) progress.step());
    gauges.set("run.steps", (double) progress.steps());
    gauges.set("run.loss", progress.loss());
    gauges.set("run.learningRate", progress.learningRate());
    gauges.set("run.tokensPerSecond", progress.tokensPerSecond());
    progress
        .bytesSent()
        .forEach((level, bytes) -> gauges.set(level(level, "bytesSent"), bytes.doubleValue()));
    progress.exchanges().forEach((level, exchange) -> show(gauges, level, exchange));
  }

  private static void show(Gauges gauges, String level, LevelExchange exchange) {
    gauges.set(level(level, "exchangeSeconds"), exchange.seconds());
    gauges.set(level(level, "waitSeconds"), exchange.waitSeconds());
    gauges.set(level(level, "skewSeconds"), exchange.skewSeconds());
  }

  private static String level(String name, String figure) {
    return "run.level." + name + "." + figure;
  }

  /** On an executor, once per logging interval. */
  static void show(IntervalReport report, List<Level> levels) {
    Gauges gauges = Gauges.executor();
    gauges.set("worker.step", (double) report.step());
    gauges.set("worker.rank", report.rank());
    long waited = 0;
    for (Level level : levels) {
      waited += report.traffic().get(level.index()).waitNanos();
      gauges.set(
          "worker.level." + level.name() + ".bytesSent",
          (double) report.traffic().get(level.index()).bytesSent());
    }
    gauges.set("worker.waitSeconds", waited * NANOS);
  }
}
