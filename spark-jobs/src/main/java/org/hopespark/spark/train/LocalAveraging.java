// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.optimizer.LevelDivision;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.train.Replica;
import org.hopespark.model.train.StateRange;
import org.hopespark.spark.exchange.SyncPoint;
import org.hopespark.spark.exchange.Wire;

/**
 * Averages parameters: every worker steps by its own gradient, and at every so many boundaries the
 * workers' changes since the last averaging are averaged, {@code d = mean(before - now)}, and the
 * level moves from {@code before} by an {@link OuterStep}. With every boundary and a plain step
 * that is the mean of the parameters (local SGD); with Nesterov's step it is DiLoCo (Douillard et
 * al. 2023). All workers see as many targets, so the mean is weighted by tokens as it stands.
 *
 * <p>Changes travel, not parameters: they bear rounding. Optimizer state stays each worker's own
 * unless it is averaged as well.
 */
final class LocalAveraging implements Averaging {
  private static final int TILE = 4096;

  private final Replica replica;
  private final Level level;
  private final Gang gang;
  private final long steps;
  private final int every;
  private final boolean averagesState;
  private final OuterStep outer;
  private final Slices slices;

  /** Parameters as of the last averaging, where all workers had the same. */
  private final Slab before;

  /** Of the own slice. */
  private final Slab momentum;

  /** Where the gradient is summed; between update and the next step its place is free. */
  private Slab gradients;

  private final float[] left = new float[TILE];
  private final float[] right = new float[TILE];
  private long hash;

  LocalAveraging(Replica replica, Level level, Gang gang) {
    RunConfig config = gang.config();
    this.replica = replica;
    this.level = level;
    this.gang = gang;
    steps = config.training().steps();
    every = config.sync().of(level.name()).every();
    averagesState = config.sync().averageState();
    outer = OuterStep.of(config.sync(), level.name(), gang.size());
    ParameterLayout layout = new ParameterLayout(config.model());
    slices = new LevelDivision(config.optimizer(), layout, level).slices(gang.size());
    before = Slab.allocate("parameters before averaging", level.length());
    momentum = Slab.allocate("outer momentum", Math.max(1, slices.length(gang.rank())));
  }

  @Override
  public void begin() {
    before.copy(replica.parameters(), level.offset(), 0, level.length());
    hash = gang.hash(replica, level);
  }

  @Override
  public double[] reduce(long step) throws InterruptedException {
    gradients = replica.sumOfShards(level);
    return replica.squares(level);
  }

  @Override
  public double norm(long step, List<double[]> squares) {
    double own = 0;
    boolean finite = true;
    for (int rank = 0; rank < squares.size(); rank++) {
      double norm = replica.norm(level, List.of(squares.get(rank)), targets(step));
      finite &= Double.isFinite(norm);
      own = rank == gang.rank() ? norm : own;
    }
    return finite ? own : Double.NaN;
  }

  // Of this worker.
  private long targets(long step) {
    return gang.targets(level, step) / gang.size();
  }

  @Override
  public void apply(long step, double norm) throws InterruptedException {
    replica.update(level, step, targets(step), norm);
    if (SyncSchedule.due(level, every, step, steps)) {
      SyncPoint point = new SyncPoint(step, level.index(), level.name(), hash);
      averageParameters(point);
      if (averagesState) {
        averageState(point);
      }
      hash = gang.hash(replica, level);
    }
    replica.finish(level, step);
  }

  private void averageParameters(SyncPoint point) {
    Slab parameters = replica.parameters();
    Slab changes = gradients;
    long first = level.offset();
    for (long at = 0; at < level.length(); at += TILE) {
      int n = (int) Math.min(TILE, level.length() - at);
      before.read(at, left, 0, n);
      parameters.read(first + at, right, 0, n);
      for (int i = 0; i < n; i++) {
        left[i] -= right[i];
      }
      changes.write(first + at, left, 0, n);
    }
    gang.reduceScatter(point, changes, first, slices);
    stepOwnSlice(changes);
    gang.allGather(point, changes, first, slices, gang.wire());
    for (long at = 0; at < level.length(); at += TILE) {
      int n = (int) Math.min(TILE, level.length() - at);
      before.read(at, left, 0, n);
      changes.read(first + at, right, 0, n);
      for (int i = 0; i < n; i++) {
        left[i] += right[i];
      }
      before.write(at, left, 0, n);
      parameters.write(first + at, left, 0, n);
    }
  }

  private void stepOwnSlice(Slab changes) {
    long start = level.offset() + slices.start(gang.rank());
    float share = 1f / gang.size();
    for (long at = 0; at < slices.length(gang.rank()); at += TILE) {
      int n = (int) Math.min(TILE, slices.length(gang.rank()) - at);
      changes.read(start + at, left, 0, n);
      momentum.read(at, right, 0, n);
      for (int i = 0; i < n; i++) {
        float mean = left[i] * share;
        right[i] = outer.momentum() * right[i] + mean;
        left[i] = -outer.rate() * (mean + outer.momentum() * right[i]);
      }
      changes.write(start + at, left, 0, n);
      momentum.write(at, right, 0, n);
    }
  }

  private void averageState(SyncPoint point) {
    float share = 1f / gang.size();
    for (StateRange state : replica.state().optimizer()) {
      if (state.level().equals(level)) {
        Slices even = Slices.even(state.to() - state.from(), gang.size());
        gang.reduceScatter(point, state.slab(), state.offset(), even, Wire.FLOAT32);
        long start = state.offset() + even.start(gang.rank());
        for (long at = 0; at < even.length(gang.rank()); at += TILE) {
          int n = (int) Math.min(TILE, even.length(gang.rank()) - at);
          state.slab().read(start + at, left, 0, n);
          for (int i = 0; i < n; i++) {
            left[i] *= share;
          }
          state.slab().write(start + at, left, 0, n);
        }
        gang.allGather(point, state.slab(), state.offset(), even, Wire.FLOAT32);
      }
    }
  }

  @Override
  public List<StateRange> states() {
    long from = slices.start(gang.rank());
    return List.of(
        new StateRange(
            "outer_momentum", level, from, from + slices.length(gang.rank()), momentum, 0));
  }

  @Override
  public void close() {
    momentum.close();
    before.close();
  }
}
