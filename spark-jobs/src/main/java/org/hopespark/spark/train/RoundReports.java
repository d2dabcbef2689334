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
 * What a rank in rounds has to tell of its steps. Time runs on between the jobs: it is the run's,
 * whoever spends it.
 */
final class RoundReports {
  private static final double NANOS = 1e-9;

  private final Segment segment;
  private final int rank;
  private final RunConfig config;
  private final Replica replica;
  private final List<IntervalReport> reports = new ArrayList<>();
  private final List<Double> lossSums = new ArrayList<>();
  private final double[] norms;
  private final long[] sent;
  private final long[] nanos;
  private final long[] waited;
  private long intervalStart;

  RoundReports(Segment segment, int rank, RunConfig config, Replica replica) {
    this.segment = segment;
    this.rank = rank;
    this.config = config;
    this.replica = replica;
    int levels = replica.levels().size();
    norms = new double[levels];
    Arrays.fill(norms, Double.NaN);
    sent = new long[levels];
    nanos = new long[levels];
    waited = new long[levels];
  }

  /** To be called before the first step. */
  void begin() {
    intervalStart = System.nanoTime();
  }

  void lossSum(double lossSum) {
    lossSums.add(lossSum);
  }

  void norm(Level level, double norm) {
    norms[level.index()] = norm;
  }

  void sent(Level level, long bytes) {
    sent[level.index()] += bytes;
  }

  /** Levels that are due together share the time by their length. */
  void passed(List<Level> due, long total, long waiting) {
    long elements = due.stream().mapToLong(Level::length).sum();
    for (Level level : due) {
      double share = (double) level.length() / elements;
      nanos[level.index()] += Math.round(total * share);
      waited[level.index()] += Math.round(waiting * share);
    }
  }

  /** To be called when {@code step} and all updates at its end are done. */
  void finish(long step) {
    boolean logged = step % config.training().logEvery() == 0 || step == config.training().steps();
    if (!logged && step != segment.to()) {
      return;
    }
    long now = System.nanoTime();
    IntervalReport report =
        new IntervalReport(
            segment.runId(),
            segment.generation(),
            rank,
            step,
            List.copyOf(lossSums),
            System.currentTimeMillis(),
            (now - intervalStart) * NANOS,
            replica.learningRate(step),
            Arrays.stream(norms).boxed().toList(),
            traffic(),
            Place.here());
    reports.add(report);
    lossSums.clear();
    Arrays.fill(norms, Double.NaN);
    intervalStart = now;
    if (logged) {
      RunGauges.show(report, replica.levels());
      HopePlugin.send(report);
    }
  }

  private List<LevelTraffic> traffic() {
    List<LevelTraffic> traffic = new ArrayList<>();
    for (int level = 0; level < sent.length; level++) {
      traffic.add(new LevelTraffic(sent[level], nanos[level], waited[level], List.of()));
    }
    return traffic;
  }

  /** All so far. */
  List<IntervalReport> all() {
    return List.copyOf(reports);
  }
}
