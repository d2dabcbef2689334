// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import org.hopespark.model.config.OptimizerConfig;
import org.hopespark.model.config.TrainingConfig;

/**
 * Linear warm-up, then half a cosine down to a share of the highest rate; a pure function of the
 * global step.
 */
public final class LearningRate {
  private final double highest;
  private final double finalRatio;
  private final long warmup;
  private final long steps;

  public LearningRate(OptimizerConfig optimizer, TrainingConfig training) {
    highest = optimizer.learningRate();
    finalRatio = optimizer.finalRatio();
    warmup = training.warmupSteps();
    steps = training.steps();
  }

  /** The rate of {@code step}, which counts from 1. */
  public double at(long step) {
    if (step <= warmup) {
      return highest * step / warmup;
    }
    double progress = (double) (step - warmup) / Math.max(1, steps - warmup);
    // StrictMath: the same bits on every worker's machine.
    double cosine = 0.5 * (1 + StrictMath.cos(Math.PI * Math.min(1, progress)));
    return highest * (finalRatio + (1 - finalRatio) * cosine);
  }
}
