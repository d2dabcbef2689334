// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import org.hopespark.model.InvalidConfigException;

/** Averaging over the workers. */
public record SyncConfig(
    @Key(
            defaultValue = "exact",
            range = "exact",
            description =
                "exact: the accumulated gradient is averaged at the level's boundary, then every worker takes the same step.")
        String mode,
    @Key(
            defaultValue = "2",
            range = "a power of two that divides training.virtual-shards",
            description = "Number of workers; the result does not depend on it.")
        int workers,
    @Key(defaultValue = "float32", range = "float32", description = "Numbers on the wire.")
        String wire,
    @Key(
            defaultValue = "60",
            range = "1 to 86400 seconds",
            description = "Longest wait for a peer before the segment is given up.")
        int timeoutSeconds) {

  public SyncConfig {
    Checks.oneOf("sync.mode", mode, "exact");
    Checks.range("sync.workers", workers, 1, 4096);
    Checks.oneOf("sync.wire", wire, "float32");
    Checks.range("sync.timeout-seconds", timeoutSeconds, 1, 86_400);
    if (Integer.bitCount(workers) != 1) {
      throw new InvalidConfigException(
          "Invalid sync.workers [%d]: must be a power of two. Use %d."
              .formatted(workers, Integer.highestOneBit(workers)));
    }
  }
}
