// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import org.hopespark.model.InvalidConfigException;

/**
 * Length and batch of a run. One step is one training chunk: a forward and backward pass over all
 * streams.
 */
public record TrainingConfig(
    @Key(defaultValue = "256", range = "1 to 65536 tokens", description = "Length of one sequence.")
        int sequenceLength,
    @Key(
            defaultValue = "4",
            range = "1 to 65536 sequences",
            description = "Sequences in one step of one virtual shard.")
        int batchSize,
    @Key(defaultValue = "2000", range = "1 to 1000000000", description = "Steps of the run.")
        long steps,
    @Key(
            defaultValue = "100",
            range = "0 to training.steps",
            description = "Steps in which the learning rate rises from 0.")
        long warmupSteps,
    @Key(
            defaultValue = "4",
            range = "a power of two, 1 to 4096",
            description =
                "Groups of sequences whose gradients are summed in one fixed tree; the workers share them.")
        int virtualShards,
    @Key(
            defaultValue = "10",
            range = "1 to 1000000 steps",
            description = "Steps between two lines of progress.")
        int logEvery) {

  public TrainingConfig {
    Checks.range("training.sequence-length", sequenceLength, 1, 65_536);
    Checks.range("training.batch-size", batchSize, 1, 65_536);
    Checks.range("training.steps", steps, 1, 1_000_000_000L);
    Checks.range("training.warmup-steps", warmupSteps, 0, 1_000_000_000L);
    Checks.range("training.virtual-shards", virtualShards, 1, 4096);
    Checks.range("training.log-every", logEvery, 1, 1_000_000);
    if (Integer.bitCount(virtualShards) != 1) {
      throw new InvalidConfigException(
          "Invalid training.virtual-shards [%d]: must be a power of two. Use %d."
              .formatted(virtualShards, Integer.highestOneBit(virtualShards)));
    }
    if (warmupSteps > steps) {
      throw new InvalidConfigException(
          "Invalid training.warmup-steps [%d]: must not exceed training.steps [%d]. Set it to %d."
              .formatted(warmupSteps, steps, steps / 20));
    }
  }
}
