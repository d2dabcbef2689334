// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;
import org.hopespark.model.train.Alongside;
import org.hopespark.spark.exchange.Contribution;
import org.hopespark.spark.exchange.Readiness;

/**
 * Reduces the gradients of all exact levels that are due while the last of them are still computed:
 * the threads of the shards say how far they are, and the task's own thread sends and sums.
 */
final class EarlyReduction implements Alongside {
  private final Gang gang;
  private final long step;
  private final List<ExactAveraging> levels;
  private final Readiness readiness;

  EarlyReduction(Gang gang, long step, List<ExactAveraging> levels, int numStages) {
    this.gang = gang;
    this.step = step;
    this.levels = levels;
    this.readiness = gang.readiness(numStages);
  }

  @Override
  public void summed(int stage) {
    readiness.pass(stage);
  }

  @Override
  public void failed() {
    readiness.abandon();
  }

  @Override
  public void run() {
    // Hashes the parameters: beside the forward pass too.
    List<Contribution> contributions =
        levels.stream().flatMap(level -> level.contributions(step).stream()).toList();
    gang.reduceScatter(contributions, readiness);
    levels.forEach(level -> level.reduced(step));
  }
}
