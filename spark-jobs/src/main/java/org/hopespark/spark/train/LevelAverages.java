// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.train.Replica;
import org.hopespark.model.train.ShardLoss;
import org.hopespark.model.train.StateRange;
import org.hopespark.spark.exchange.Contribution;
import org.hopespark.spark.exchange.SyncPoint;

/**
 * Takes all levels that are due through their boundary: gradients first, then one round in which
 * the ranks tell each other what came out, then the updates. A gradient that is not finite on any
 * rank ends the run on all of them before anything is applied.
 */
final class LevelAverages implements AutoCloseable {
  private final RunConfig config;
  private final Replica replica;
  private final Gang gang;
  private final List<Averaging> averagings = new ArrayList<>();

  LevelAverages(Replica replica, Gang gang) {
    this.config = gang.config();
    this.replica = replica;
    this.gang = gang;
    for (Level level : replica.levels()) {
      averagings.add(
          Gang.isExact(config, level)
              ? new ExactAveraging(replica, level, gang)
              : new LocalAveraging(replica, level, gang));
    }
  }

  /** To be called when the parameters are those of the step before the first. */
  void begin() {
    averagings.forEach(Averaging::begin);
  }

  /**
   * Runs forward and backward over one step of every local shard. At a boundary the gradients of
   * exact levels are summed over the workers meanwhile, where the gang can.
   *
   * @param tokens as {@link Replica#accumulate(int[][])} takes them
   */
  List<ShardLoss> accumulate(long step, int[][] tokens) throws InterruptedException {
    List<ExactAveraging> early = gang.overlaps() ? exact(replica.due(step)) : List.of();
    return early.isEmpty()
        ? replica.accumulate(tokens)
        : replica.accumulate(
            tokens,
            early.stream().map(ExactAveraging::level).toList(),
            new EarlyReduction(gang, step, early, replica.numStages()));
  }

  /**
   * Averages and updates what is due at the end of {@code step}.
   *
   * @param reports take the gradients' norms
   */
  void apply(long step, RankReports reports) throws InterruptedException {
    List<Level> due = replica.due(step);
    if (due.isEmpty()) {
      return;
    }
    List<Vote> votes = vote(due, step);
    double[] norms = new double[due.size()];
    for (int i = 0; i < due.size(); i++) {
      int position = i;
      Level level = due.get(i);
      double norm =
          averaging(level)
              .norm(
                  step,
                  votes.stream()
                      .map(vote -> vote.levels().get(position).squares().array())
                      .toList());
      if (!Double.isFinite(norm)) {
        throw notFinite(config, level, step, votes, position);
      }
      norms[i] = norm;
      reports.norm(level, norm);
    }
    for (int i = 0; i < norms.length; i++) {
      averaging(due.get(i)).apply(step, norms[i]);
    }
    gather(exact(due), step);
  }

  /** Levels that are due together travel together: what a message costs, it costs once. */
  private void gather(List<ExactAveraging> levels, long step) throws InterruptedException {
    if (!levels.isEmpty()) {
      gang.allGather(levels.stream().flatMap(level -> level.updated(step).stream()).toList());
    }
    for (ExactAveraging level : levels) {
      level.adopt(step);
    }
  }

  private void reduce(List<ExactAveraging> levels, long step) throws InterruptedException {
    List<Contribution> contributions = new ArrayList<>();
    for (ExactAveraging level : levels) {
      if (!level.isReduced(step)) {
        contributions.addAll(level.summed(step));
      }
    }
    if (!contributions.isEmpty()) {
      gang.reduceScatter(contributions);
    }
  }

  private List<ExactAveraging> exact(List<Level> due) {
    return due.stream()
        .filter(level -> Gang.isExact(config, level))
        .map(level -> (ExactAveraging) averaging(level))
        .toList();
  }

  private Averaging averaging(Level level) {
    return averagings.get(level.index());
  }

  private List<Vote> vote(List<Level> due, long step) throws InterruptedException {
    reduce(exact(due), step);
    List<Vote.OfLevel> own = new ArrayList<>();
    for (Level level : due) {
      own.add(Vote.OfLevel.of(replica, level, averaging(level).reduce(step)));
    }
    SyncPoint point = new SyncPoint(step, replica.levels().size(), "votes", 0);
    return gang.exchange(point, new Vote(own).encode()).stream().map(Vote::decode).toList();
  }

  static NotFiniteException notFinite(
      RunConfig config, Level level, long step, List<Vote> votes, int position) {
    String tensor =
        votes.stream()
            .map(vote -> vote.levels().get(position).notFinite())
            .filter(name -> !name.isEmpty())
            .findFirst()
            .orElse("several tensors together");
    return new NotFiniteException(
        "Invalid optimizer.learning-rate [%s]: the gradient of %s in level %s is not finite at step %d; nothing was updated. Lower the rate, or raise training.warmup-steps."
            .formatted(config.optimizer().learningRate(), tensor, level.name(), step));
  }

  /** What has to be stored beside parameters and optimizer state. */
  List<StateRange> states() {
    return averagings.stream().flatMap(averaging -> averaging.states().stream()).toList();
  }

  @Override
  public void close() {
    averagings.forEach(Averaging::close);
  }
}
