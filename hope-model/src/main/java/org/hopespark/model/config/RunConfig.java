// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.io.InputStream;
import java.util.List;
import org.hopespark.model.InvalidConfigException;

/**
 * Everything that decides the numbers of a training run.
 *
 * @param seed seeds the initial parameters and the sample order
 */
public record RunConfig(
    @Key(
            defaultValue = "7",
            range = "any whole number",
            description = "Seeds the initial parameters and the order of the samples.")
        long seed,
    @Key(defaultValue = "{}", range = "section", description = "Shape of the model and its levels.")
        ModelConfig model,
    @Key(defaultValue = "{}", range = "section", description = "Length and batch of the run.")
        TrainingConfig training,
    @Key(defaultValue = "{}", range = "section", description = "Optimizer of every level.")
        OptimizerConfig optimizer,
    @Key(defaultValue = "{}", range = "section", description = "Averaging over the workers.")
        SyncConfig sync,
    @Key(defaultValue = "{}", range = "section", description = "When state is committed.")
        CheckpointConfig checkpoint) {

  public RunConfig {
    if (training.virtualShards() % sync.workers() != 0) {
      throw new InvalidConfigException(
          "Invalid sync.workers [%d]: must divide training.virtual-shards [%d]. Set one of them to match."
              .formatted(sync.workers(), training.virtualShards()));
    }
    for (LevelOptimizerConfig own : optimizer.levels()) {
      model.requireLevel("optimizer.levels", own.level());
    }
  }

  /**
   * Reads a configuration.
   *
   * @param yaml UTF-8 YAML; keys that are left out take their defaults
   * @param overrides {@code dotted.key=value} settings, the value in YAML; they win over the file
   * @throws InvalidConfigException if the text is no YAML mapping, or a key or value breaks a rule
   */
  public static RunConfig read(InputStream yaml, List<String> overrides) {
    return ConfigReader.read(RunConfig.class, yaml, overrides);
  }

  /** The resolved configuration, every key written out, as YAML that {@link #read} accepts. */
  public String toYaml() {
    return ConfigWriter.toYaml(this);
  }

  /** The resolved configuration as JSON with the same keys. */
  public String toJson() {
    return ConfigWriter.toJson(this);
  }
}
