// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.train.Replica;
import org.hopespark.model.train.ShardLoss;
import org.hopespark.spark.exchange.LevelTraffic;

/**
 * The steps of one rank: forward and backward over its shards, then the boundaries of the levels
 * that are due. All ranks pass the same synchronisations in the same order, because what is due
 * follows from the step alone.
 */
final class StepLoop {
  private static final double NANOS = 1e-9;

  private final RunConfig config;
  private final Replica replica;
  private final SampleWindows windows;
  private final LevelAverages averages;
  private final Gang gang;
  private final int firstShard;
  private final int[][] tokens;
  private final List<IntervalReport> reports = new ArrayList<>();
  private final double[] norms;
  private final List<Double> lossSums = new ArrayList<>();
  private long intervalNanos;
  private long step;

  /**
   * @param averages of the replica, begun
   * @param firstShard virtual shard that the replica knows as its local shard 0
   */
  StepLoop(
      RunConfig config,
      Replica replica,
      SampleWindows windows,
      LevelAverages averages,
      Gang gang,
      int firstShard,
      int numShards) {
    this.config = config;
    this.replica = replica;
    this.windows = windows;
    this.averages = averages;
    this.gang = gang;
    this.firstShard = firstShard;
    this.tokens =
        new int[numShards]
            [config.training().batchSize() * (config.training().sequenceLength() + 1)];
    this.norms = new double[replica.levels().size()];
    Arrays.fill(norms, Double.NaN);
  }

  /**
   * Takes steps {@code from + 1} to {@code to} of {@code segment}.
   *
   * @param live receives every complete logging interval at once
   */
  List<IntervalReport> run(Segment segment, int rank, Consumer<IntervalReport> live)
      throws InterruptedException {
    long logEvery = config.training().logEvery();
    for (step = segment.from() + 1; step <= segment.to(); step++) {
      gang.check();
      long start = System.nanoTime();
      takeStep(step);
      intervalNanos += System.nanoTime() - start;
      boolean logged = step % logEvery == 0 || step == config.training().steps();
      if (logged || step == segment.to()) {
        IntervalReport report = report(segment, rank, step);
        reports.add(report);
        if (logged) {
          live.accept(report);
        }
      }
    }
    return reports;
  }

  /** The step that is under way, or was when it failed. */
  long step() {
    return step;
  }

  private void takeStep(long step) throws InterruptedException {
    for (int shard = 0; shard < tokens.length; shard++) {
      windows.read(step, firstShard + shard, tokens[shard]);
    }
    List<ShardLoss> losses = averages.accumulate(step, tokens);
    lossSums.add(tree(losses, 0, losses.size()));
    averages.apply(step, norms);
  }

  /** The gradients' tree, see {@link IntervalSum}. */
  static double tree(List<ShardLoss> losses, int from, int to) {
    if (to - from == 1) {
      return losses.get(from).lossSum();
    }
    int middle = (from + to) / 2;
    return tree(losses, from, middle) + tree(losses, middle, to);
  }

  /** Targets of one step over all workers. */
  static long tokensPerStep(RunConfig config) {
    return (long) config.training().virtualShards()
        * config.training().batchSize()
        * config.training().sequenceLength();
  }

  private IntervalReport report(Segment segment, int rank, long step) {
    IntervalReport report =
        new IntervalReport(
            segment.runId(),
            segment.generation(),
            rank,
            step,
            List.copyOf(lossSums),
            System.currentTimeMillis(),
            intervalNanos * NANOS,
            replica.learningRate(step),
            Arrays.stream(norms).boxed().toList(),
            traffic(),
            Place.here());
    lossSums.clear();
    intervalNanos = 0;
    Arrays.fill(norms, Double.NaN);
    return report;
  }

  private List<LevelTraffic> traffic() {
    return replica.levels().stream().map(level -> gang.traffic(level.index())).toList();
  }
}
