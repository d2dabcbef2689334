// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.train.Replica;
import org.hopespark.model.train.ShardLoss;

/**
 * The steps of one rank: forward and backward over its shards, then the boundaries of the levels
 * that are due. All ranks pass the same synchronisations in the same order, because what is due
 * follows from the step alone.
 */
final class StepLoop {
  private final Segment segment;
  private final Replica replica;
  private final SampleWindows windows;
  private final LevelAverages averages;
  private final Gang gang;
  private final RankReports reports;
  private final int firstShard;
  private final int[][] tokens;
  private long intervalNanos;
  private long step;

  /**
   * @param averages of the replica, begun
   */
  StepLoop(
      Segment segment,
      int rank,
      RunConfig config,
      Replica replica,
      SampleWindows windows,
      LevelAverages averages,
      Gang gang) {
    this.segment = segment;
    this.replica = replica;
    this.windows = windows;
    this.averages = averages;
    this.gang = gang;
    int numShards = config.training().virtualShards() / segment.workers();
    this.reports = new RankReports(segment, rank, config, replica);
    this.firstShard = rank * numShards;
    this.tokens = windows.arrays(numShards);
  }

  /** Takes all steps of the segment. */
  List<IntervalReport> run() throws InterruptedException {
    for (step = segment.from() + 1; step <= segment.to(); step++) {
      gang.check();
      long start = System.nanoTime();
      takeStep(step);
      intervalNanos += System.nanoTime() - start;
      if (reports.isDue(step)) {
        reports.finish(
            step,
            intervalNanos,
            replica.levels().stream().map(level -> gang.traffic(level.index())).toList());
        intervalNanos = 0;
      }
    }
    return reports.all();
  }

  /** The step that is under way, or was when it failed. */
  long step() {
    return step;
  }

  private void takeStep(long step) throws InterruptedException {
    windows.read(step, firstShard, tokens);
    List<ShardLoss> losses = averages.accumulate(step, tokens);
    reports.lossSum(tree(losses, 0, losses.size()));
    averages.apply(step, reports);
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
}
