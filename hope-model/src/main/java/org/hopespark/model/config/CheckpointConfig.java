// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

/** When the state of a run is committed. */
public record CheckpointConfig(
    @Key(
            defaultValue = "500",
            range = "1 to 1000000000 steps",
            description = "Steps between two checkpoints; a failure loses at most so many.")
        long everySteps,
    @Key(
            defaultValue = "3",
            range = "1 to 1000",
            description = "How many of the newest checkpoints stay.")
        int keep) {

  public CheckpointConfig {
    Checks.range("checkpoint.every-steps", everySteps, 1, 1_000_000_000L);
    Checks.range("checkpoint.keep", keep, 1, 1000);
  }
}
