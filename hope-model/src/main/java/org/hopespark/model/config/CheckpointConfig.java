// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import org.hopespark.model.InvalidConfigException;

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
        int keep,
    @Key(
            defaultValue = "0",
            range = "0 to 1000000000 steps",
            description =
                "Checkpoints whose step is a multiple of it stay beside the newest; 0: no others stay.")
        long keepEvery,
    @Key(
            defaultValue = "false",
            range = "true or false",
            description =
                "Whether workers write from a copy in memory while training goes on; a failure then loses up to twice as many steps.")
        boolean asynchronous) {

  public CheckpointConfig {
    Checks.range("checkpoint.every-steps", everySteps, 1, 1_000_000_000L);
    Checks.range("checkpoint.keep", keep, 1, 1000);
    Checks.range("checkpoint.keep-every", keepEvery, 0, 1_000_000_000L);
    if (keepEvery % everySteps != 0) {
      throw new InvalidConfigException(
          "Invalid checkpoint.keep-every [%d]: must be a multiple of checkpoint.every-steps [%d], or none of its steps has a checkpoint. Set it to %d."
              .formatted(keepEvery, everySteps, Math.max(1, keepEvery / everySteps) * everySteps));
    }
  }
}
