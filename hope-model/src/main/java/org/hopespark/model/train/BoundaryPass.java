// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.BackwardOrder;
import org.hopespark.model.tensor.Slab;

/**
 * The backward passes of all shards at a boundary. Whichever shard is the last to finish a stage
 * sums it over the shards there and then, in the same tree as after the step. That shard cannot
 * have finished the next stage yet, so stages are summed one after the other.
 */
final class BoundaryPass {
  private final List<Level> levels;
  private final BackwardOrder order;
  private final LevelUpdate updates;
  private final List<Slab> shards;
  private final Alongside alongside;
  private final AtomicIntegerArray passed;
  private volatile Throwable failure;

  /**
   * @param levels of which the interval ends
   */
  BoundaryPass(
      List<Level> levels,
      BackwardOrder order,
      LevelUpdate updates,
      List<Slab> shards,
      Alongside alongside) {
    this.levels = levels;
    this.order = order;
    this.updates = updates;
    this.shards = shards;
    this.alongside = alongside;
    this.passed = new AtomicIntegerArray(order.numStages());
  }

  /** A shard has finished a stage. Called by its thread. */
  void passed(int stage) {
    if (passed.incrementAndGet(stage) < shards.size()) {
      return;
    }
    for (Level level : levels) {
      order
          .of(level)
          .forEach(
              stage, (from, to) -> updates.sum(shards, level.offset() + from, level.offset() + to));
    }
    alongside.summed(stage);
  }

  /** A shard has failed. Called by its thread. */
  synchronized void failed(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    alongside.failed();
  }

  /** What the first shard failed from; null if none has. */
  Throwable failure() {
    return failure;
  }
}
