// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hopespark.model.InvalidConfigException;

/**
 * An update rule with a warm-up and a cosine decay; every level steps at its own boundary with the
 * rate of that step.
 */
public record OptimizerConfig(
    @Key(
            defaultValue = "adamw",
            range = "adamw, sgd, muon",
            description =
                "Update rule of every level. With muon, what is no matrix, the embedding and convolutions are stepped by adamw.")
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
            defaultValue = "0.95",
            range = "0 to 1, below 1",
            description = "Decay of the momentum of sgd and muon.")
        double momentum,
    @Key(
            defaultValue = "0.9",
            range = "0 to 1, below 1",
            description = "Decay of adamw's first moment.")
        double beta1,
    @Key(
            defaultValue = "0.95",
            range = "0 to 1, below 1",
            description = "Decay of adamw's second moment.")
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
        double clipNorm,
    @Key(
            defaultValue = "[]",
            range = "at most one for each level",
            description = "Levels with a rule or a rate of their own.")
        List<LevelOptimizerConfig> levels) {

  private static final String[] NAMES = {"adamw", "sgd", "muon"};

  public OptimizerConfig {
    Checks.oneOf("optimizer.name", name, NAMES);
    Checks.range("optimizer.learning-rate", learningRate, Double.MIN_NORMAL, 10);
    Checks.range("optimizer.final-ratio", finalRatio, 0, 1);
    Checks.range("optimizer.momentum", momentum, 0, Math.nextDown(1.0));
    Checks.range("optimizer.beta1", beta1, 0, Math.nextDown(1.0));
    Checks.range("optimizer.beta2", beta2, 0, Math.nextDown(1.0));
    Checks.range("optimizer.epsilon", epsilon, Double.MIN_NORMAL, 1);
    Checks.range("optimizer.weight-decay", weightDecay, 0, 10);
    Checks.range("optimizer.clip-norm", clipNorm, Double.MIN_NORMAL, 1e9);
    Set<String> named = new HashSet<>();
    List<LevelOptimizerConfig> resolved = new ArrayList<>();
    for (LevelOptimizerConfig level : levels) {
      if (!named.add(level.level())) {
        throw new InvalidConfigException(
            "Invalid optimizer.levels [%s twice]: every level is named at most once. Merge the two."
                .formatted(level.level()));
      }
      LevelOptimizerConfig complete = level.orElse(name, learningRate);
      String path = "optimizer.levels." + level.level();
      Checks.oneOf(path + ".name", complete.name(), NAMES);
      Checks.range(path + ".learning-rate", complete.learningRate(), Double.MIN_NORMAL, 10);
      resolved.add(complete);
    }
    levels = List.copyOf(resolved);
  }

  /** The settings of one level; has none for others. */
  public OptimizerConfig of(String level) {
    String rule = name;
    double rate = learningRate;
    for (LevelOptimizerConfig own : levels) {
      if (own.level().equals(level)) {
        rule = own.name();
        rate = own.learningRate();
      }
    }
    return new OptimizerConfig(
        rule, rate, finalRatio, momentum, beta1, beta2, epsilon, weightDecay, clipNorm, List.of());
  }
}
