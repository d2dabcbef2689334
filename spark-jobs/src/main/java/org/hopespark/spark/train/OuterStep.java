// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.hopespark.model.config.LevelSyncConfig;
import org.hopespark.model.config.SyncConfig;

/**
 * What is done with the mean change {@code d} of the workers: Nesterov's step {@code m = momentum m
 * + d, p -= rate (d + momentum m)}. A rate of 1 without momentum adopts the mean.
 *
 * @param rate above 0
 * @param momentum from 0, below 1
 */
public record OuterStep(float rate, float momentum) {
  private static final OuterStep MEAN = new OuterStep(1, 0);

  /** Below so many boundaries between two averagings an outer momentum does harm. */
  private static final int FEWEST_BOUNDARIES = 5;

  /**
   * The step of a level. The best rate depends on the number of workers, not on the size of the
   * model (Charles et al. 2025, "Communication-efficient language model training scales reliably
   * and robustly", figures for a momentum of 0.9).
   */
  public static OuterStep of(SyncConfig sync, String level, int workers) {
    LevelSyncConfig own = sync.of(level);
    if (!own.mode().equals("outer")) {
      return MEAN;
    }
    if (sync.outerLearningRate() > 0) {
      return new OuterStep((float) sync.outerLearningRate(), (float) sync.outerMomentum());
    }
    if (own.every() < FEWEST_BOUNDARIES) {
      return MEAN;
    }
    float rate = workers == 1 ? 0.4f : workers <= 4 ? 0.6f : 0.8f;
    return new OuterStep(rate, (float) sync.outerMomentum());
  }
}
