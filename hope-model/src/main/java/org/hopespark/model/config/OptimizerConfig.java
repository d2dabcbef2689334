// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

/**
 * AdamW with a warm-up and a cosine decay; every level steps at its own boundary with the rate of
 * that step.
 */
public record OptimizerConfig(
    @Key(defaultValue = "adamw", range = "adamw", description = "Update rule of every level.")
        String name,
    @Key(
            defaultValue = "3.0e-3",
            range = "above 0, to 10",
            description = "Highest learning rate, at the end of the warm-up.")
        double learningRate,
    @Key(
            defaultValue = "0.1",
            range = "0 to 1",
            description = "Share of the highest rate that is left at the last step.")
        double finalRatio,
    @Key(
            defaultValue = "0.9",
            range = "0 to 1, below 1",
            description = "Decay of the first moment.")
        double beta1,
    @Key(
            defaultValue = "0.95",
            range = "0 to 1, below 1",
            description = "Decay of the second moment.")
        double beta2,
    @Key(
            defaultValue = "1.0e-8",
            range = "above 0, to 1",
            description = "Added to the root of the second moment.")
        double epsilon,
    @Key(
            defaultValue = "0.1",
            range = "0 to 10",
            description = "Decoupled weight decay of tensors with two or more axes.")
        double weightDecay,
    @Key(
            defaultValue = "1.0",
            range = "above 0, to 1e9",
            description = "A level's averaged gradient is scaled down to this norm.")
        double clipNorm) {

  public OptimizerConfig {
    Checks.oneOf("optimizer.name", name, "adamw");
    Checks.range("optimizer.learning-rate", learningRate, Double.MIN_NORMAL, 10);
    Checks.range("optimizer.final-ratio", finalRatio, 0, 1);
    Checks.range("optimizer.beta1", beta1, 0, Math.nextDown(1.0));
    Checks.range("optimizer.beta2", beta2, 0, Math.nextDown(1.0));
    Checks.range("optimizer.epsilon", epsilon, Double.MIN_NORMAL, 1);
    Checks.range("optimizer.weight-decay", weightDecay, 0, 10);
    Checks.range("optimizer.clip-norm", clipNorm, Double.MIN_NORMAL, 1e9);
  }
}
