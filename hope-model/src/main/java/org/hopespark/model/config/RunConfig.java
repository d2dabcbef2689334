// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    if (sync.inRounds() && checkpoint.asynchronous()) {
      throw new InvalidConfigException(
          "Invalid checkpoint.asynchronous [true]: with sync.transport rounds a checkpoint is written before the next step. Set it to false, or sync.transport to p2p.");
    }
    if (training.virtualShards() % sync.workers() != 0) {
      throw new InvalidConfigException(
          "Invalid sync.workers [%d]: must divide training.virtual-shards [%d]. Set one of them to match."
              .formatted(sync.workers(), training.virtualShards()));
    }
    for (LevelOptimizerConfig own : optimizer.levels()) {
      model.requireLevel("optimizer.levels", own.level());
    }
    Set<String> seen = new HashSet<>();
    for (LevelSyncConfig own : sync.levels()) {
      model.requireLevel("sync.levels", own.level());
      if (!seen.add(own.level())) {
        throw new InvalidConfigException(
            "Invalid sync.levels [%s]: it stands there twice. Remove one.".formatted(own.level()));
      }
    }
    checkFewest(model, sync);
    model
        .levelPeriods()
        .forEach((level, period) -> checkOuter(level, period, model, training, sync, checkpoint));
  }

  // Where workers take steps of their own, another number of them trains another model.
  private static void checkFewest(ModelConfig model, SyncConfig sync) {
    for (String level : model.levelPeriods().keySet()) {
      if (!sync.of(level).isExact() && sync.inRounds()) {
        throw new InvalidConfigException(
            "Invalid sync.transport [rounds]: level %s is averaged with mode %s, and rounds know exact only. Use mode exact, or set sync.transport to p2p."
                .formatted(level, sync.of(level).mode()));
      }
      if (!sync.of(level).isExact() && sync.fewestWorkers() < sync.workers()) {
        throw new InvalidConfigException(
            "Invalid sync.min-workers [%d]: level %s is averaged with mode %s, whose result depends on the number of workers. Set it to 0, or use mode exact."
                .formatted(sync.minWorkers(), level, sync.of(level).mode()));
      }
    }
  }

  // Between two averagings the workers' parameters differ, and a checkpoint holds one set of them.
  private static void checkOuter(
      String level,
      int period,
      ModelConfig model,
      TrainingConfig training,
      SyncConfig sync,
      CheckpointConfig checkpoint) {
    long interval = (long) period * sync.of(level).every();
    boolean outer = sync.of(level).mode().equals("outer");
    if (outer && model.nestedCms()) {
      throw new InvalidConfigException(
          "Invalid sync.mode [outer] of level %s: nested levels start again from states that all workers share at every boundary. Use exact or parameters, or model.cms-variant sequential."
              .formatted(level));
    }
    if (outer
        && checkpoint.everySteps() % interval != 0
        && checkpoint.everySteps() < training.steps()) {
      throw new InvalidConfigException(
          "Invalid checkpoint.every-steps [%d]: level %s is averaged every %d steps, and a checkpoint has to fall on one of them. Set it to %d."
              .formatted(
                  checkpoint.everySteps(),
                  level,
                  interval,
                  (checkpoint.everySteps() / interval + 1) * interval));
    }
  }

  /** Whether every level is averaged exactly. */
  public boolean isExact() {
    return model.levelPeriods().keySet().stream().allMatch(level -> sync.of(level).isExact());
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
