// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.train.Replica;
import org.hopespark.spark.exchange.LevelTraffic;
import org.hopespark.spark.session.HopePlugin;

/**
 * What a rank has to tell of the steps of a segment, interval by interval. Reports of a logging
 * step are sent to the driver at once; all of them go with the rank's outcome.
 */
final class RankReports {
  private static final double NANOS = 1e-9;

  private final Segment segment;
  private final int rank;
  private final RunConfig config;
  private final Replica replica;
  private final List<IntervalReport> reports = new ArrayList<>();
  private final List<Double> lossSums = new ArrayList<>();
  private final double[] norms;

  RankReports(Segment segment, int rank, RunConfig config, Replica replica) {
    this.segment = segment;
    this.rank = rank;
    this.config = config;
    this.replica = replica;
    norms = new double[replica.levels().size()];
    Arrays.fill(norms, Double.NaN);
  }

  /** Adds a step's loss, summed over the rank's targets. */
  void lossSum(double lossSum) {
    lossSums.add(lossSum);
  }

  /** Notes the gradient's norm at an update of {@code level}. */
  void norm(Level level, double norm) {
    norms[level.index()] = norm;
  }

  /** Whether a report is due when {@code step} is done. */
  boolean isDue(long step) {
    return isLogged(step) || step == segment.to();
  }

  private boolean isLogged(long step) {
    return step % config.training().logEvery() == 0 || step == config.training().steps();
  }

  /**
   * Ends the interval with {@code step}, with which a report is due.
   *
   * @param nanos that the steps of the interval took
   * @param traffic by level: since the segment began
   */
  void finish(long step, long nanos, List<LevelTraffic> traffic) {
    IntervalReport report =
        new IntervalReport(
            segment.runId(),
            segment.generation(),
            rank,
            step,
            List.copyOf(lossSums),
            System.currentTimeMillis(),
            nanos * NANOS,
            replica.learningRate(step),
            Arrays.stream(norms).boxed().toList(),
            traffic,
            Place.here());
    reports.add(report);
    lossSums.clear();
    Arrays.fill(norms, Double.NaN);
    if (isLogged(step)) {
      RunGauges.show(report, replica.levels());
      HopePlugin.send(report);
    }
  }

  /** All so far. */
  List<IntervalReport> all() {
    return List.copyOf(reports);
  }
}
