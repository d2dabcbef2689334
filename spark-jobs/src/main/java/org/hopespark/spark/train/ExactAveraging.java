// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;
import java.util.Optional;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.train.Replica;
import org.hopespark.model.train.StateRange;
import org.hopespark.spark.exchange.Contribution;
import org.hopespark.spark.exchange.SyncPoint;
import org.hopespark.spark.exchange.Wire;

/**
 * Averages the gradient: the owner of a slice gets its sum over all workers, updates the slice, of
 * which it alone has the optimizer state, and sends the new parameters to all. With float32 on the
 * wire the parameters are those of a single worker, bit for bit, under any optimizer.
 *
 * <p>With bfloat16 the owner sends the rounded change instead, and adopts it: parameters rounded to
 * eight bits would forget small changes.
 */
final class ExactAveraging implements Averaging {
  private static final int TILE = 4096;

  private final Replica replica;
  private final Level level;
  private final Gang gang;
  private final Slices slices;

  /** Where the gradient is summed; between update and the next step its place is free. */
  private Slab gradients;

  /** The last step at which an {@link EarlyReduction} summed it. */
  private long reducedStep;

  /** The own slice before the update; null where the parameters themselves are sent. */
  private final Slab before;

  ExactAveraging(Replica replica, Level level, Gang gang) {
    this.replica = replica;
    this.level = level;
    this.gang = gang;
    slices = replica.slices(level);
    boolean rounds = gang.size() > 1 && gang.wire() == Wire.BFLOAT16;
    before =
        rounds
            ? Slab.allocate("slice before the update", Math.max(1, slices.length(gang.rank())))
            : null;
  }

  @Override
  public void begin() {
    // The replicas hold nothing but parameters that agree.
  }

  @Override
  public double[] reduce(long step) throws InterruptedException {
    return replica.squares(level);
  }

  Level level() {
    return level;
  }

  /** What is to be summed over the workers before {@link #reduce}. */
  List<Contribution> summed(long step) throws InterruptedException {
    gradients = replica.sumOfShards(level);
    return Gang.contributions(point(step), gradients, level.offset(), slices, Optional.empty());
  }

  /** What an early reduction sums instead, while it becomes final. */
  List<Contribution> contributions(long step) {
    return Gang.contributions(
        point(step), replica.sums(), level.offset(), slices, Optional.of(replica.stages(level)));
  }

  /** Whether an early reduction has summed it. */
  boolean isReduced(long step) {
    return reducedStep == step;
  }

  /** An early reduction has. */
  void reduced(long step) {
    gradients = replica.sums();
    reducedStep = step;
  }

  private SyncPoint point(long step) {
    return new SyncPoint(step, level.index(), level.name(), gang.hash(replica, level));
  }

  @Override
  public double norm(long step, List<double[]> squares) {
    return replica.norm(level, squares, gang.targets(level, step));
  }

  @Override
  public void apply(long step, double norm) throws InterruptedException {
    long own = level.offset() + slices.start(gang.rank());
    long length = slices.length(gang.rank());
    if (before != null) {
      before.copy(replica.parameters(), own, 0, length);
    }
    replica.update(level, step, gang.targets(level, step), norm);
    if (before != null) {
      writeChanges(own, length);
    }
  }

  /** What is to be gathered between {@link #apply} and {@link #adopt}. */
  List<Contribution> updated(long step) {
    SyncPoint point = new SyncPoint(step, level.index(), level.name(), 0);
    Slab slab = before == null ? replica.parameters() : gradients;
    return Gang.contributions(point, slab, level.offset(), slices, Optional.empty());
  }

  /** All slices are there. */
  void adopt(long step) throws InterruptedException {
    if (before != null) {
      addChanges();
    }
    replica.finish(level, step);
  }

  /** Leaves the parameters as they were. */
  private void writeChanges(long own, long length) {
    Slab parameters = replica.parameters();
    Slab changes = gradients;
    float[] old = new float[TILE];
    float[] tile = new float[TILE];
    for (long at = 0; at < length; at += TILE) {
      int n = (int) Math.min(TILE, length - at);
      before.read(at, old, 0, n);
      parameters.read(own + at, tile, 0, n);
      for (int i = 0; i < n; i++) {
        tile[i] -= old[i];
      }
      changes.write(own + at, tile, 0, n);
    }
    parameters.copy(before, 0, own, length);
  }

  private void addChanges() {
    Slab parameters = replica.parameters();
    float[] old = new float[TILE];
    float[] tile = new float[TILE];
    for (long at = level.offset(); at < level.offset() + level.length(); at += TILE) {
      int n = (int) Math.min(TILE, level.offset() + level.length() - at);
      gradients.read(at, old, 0, n);
      parameters.read(at, tile, 0, n);
      for (int i = 0; i < n; i++) {
        tile[i] += old[i];
      }
      parameters.write(at, tile, 0, n);
    }
  }

  @Override
  public List<StateRange> states() {
    return List.of();
  }

  @Override
  public void close() {
    if (before != null) {
      before.close();
    }
  }
}
