// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.util.List;
import org.hopespark.model.InvalidConfigException;

/** Averaging over the workers. */
public record SyncConfig(
    @Key(
            defaultValue = "exact",
            range = "exact, parameters, outer",
            description =
                "exact: the accumulated gradient is averaged at the level's boundary, then all workers take the same step; parameters: every worker takes a step of its own, then the parameters are averaged; outer: the same at every so many boundaries, and the average is a step of Nesterov's rule (DiLoCo).")
        String mode,
    @Key(
            defaultValue = "1",
            range = "1; with outer 2 to 1000000 boundaries",
            description = "A level is averaged at every so many of its boundaries.")
        int every,
    @Key(
            defaultValue = "[]",
            range = "a list of {level, mode, every}",
            description = "Levels that are averaged in another way.")
        List<LevelSyncConfig> levels,
    @Key(
            defaultValue = "false",
            range = "true, false",
            description =
                "With parameters or outer: average the optimizer's state too; with AdamW three times the bytes.")
        boolean averageState,
    @Key(
            defaultValue = "0.0",
            range = "0 to 10",
            description =
                "With outer: rate of the outer step. 0: by the number of workers, 0.4 (1), 0.6 (2 to 4), 0.8 (8 and more); 1 without momentum where every is below 5.")
        double outerLearningRate,
    @Key(
            defaultValue = "0.9",
            range = "0 to 1, below 1",
            description = "With outer: momentum of the outer step.")
        double outerMomentum,
    @Key(
            defaultValue = "2",
            range = "a power of two that divides training.virtual-shards",
            description = "Number of workers; with mode exact the result does not depend on it.")
        int workers,
    @Key(
            defaultValue = "float32",
            range = "float32, bfloat16",
            description =
                "Numbers on the wire. bfloat16 halves the bytes; gradients and changes of parameters are rounded, sums are not.")
        String wire,
    @Key(
            defaultValue = "p2p",
            range = "p2p, rounds",
            description =
                "p2p: workers open connections to each other; rounds: they exchange through Spark's shuffles, one job for every step with an averaging, where ports between executors are closed. rounds is slower, and for mode exact and wire float32 only; the result is the same.")
        String transport,
    @Key(
            defaultValue = "60",
            range = "1 to 86400 seconds",
            description = "Longest wait for a peer before the segment is given up.")
        int timeoutSeconds,
    @Key(
            defaultValue = "0",
            range = "0, or a power of two up to sync.workers",
            description =
                "Fewest workers to go on with where the cluster has lost some; every segment takes as many as there are, up to sync.workers. 0: sync.workers, always.")
        int minWorkers,
    @Key(
            defaultValue = "600",
            range = "1 to 86400 seconds",
            description = "Longest wait for the fewest workers before the run is given up.")
        int capacityTimeoutSeconds,
    @Key(
            defaultValue = "5",
            range = "1 to 1000",
            description =
                "Attempts at the same segment, with a growing pause between them, before the run is given up.")
        int attempts,
    @Key(
            defaultValue = "1",
            range = "1 to 8",
            description =
                "Connections between every two workers; more where one does not fill the network.")
        int lanes,
    @Key(
            defaultValue = "false",
            range = "true, false",
            description =
                "With exact: send the gradients of a layer when they are final, while those of the layers before it are still computed; the result is the same. For slow networks: it takes processor time from computing.")
        boolean overlap,
    @Key(
            defaultValue = "0",
            range = "0, or 1024 to 65535",
            description =
                "First port that a worker tries, then the next ones as often as spark.port.maxRetries says; spark.hope.port wins over it. 0: any free port.")
        int port) {

  public SyncConfig {
    LevelSyncConfig.check("sync", mode, every);
    Checks.range("sync.workers", workers, 1, 4096);
    Checks.range("sync.outer-learning-rate", outerLearningRate, 0, 10);
    Checks.range("sync.outer-momentum", outerMomentum, 0, Math.nextDown(1.0));
    Checks.oneOf("sync.wire", wire, "float32", "bfloat16");
    Checks.oneOf("sync.transport", transport, "p2p", "rounds");
    if (transport.equals("rounds") && !wire.equals("float32")) {
      throw new InvalidConfigException(
          "Invalid sync.wire [%s]: with sync.transport rounds numbers travel as they are. Set it to float32, or sync.transport to p2p."
              .formatted(wire));
    }
    Checks.range("sync.timeout-seconds", timeoutSeconds, 1, 86_400);
    if (Integer.bitCount(workers) != 1) {
      throw new InvalidConfigException(
          "Invalid sync.workers [%d]: must be a power of two. Use %d."
              .formatted(workers, Integer.highestOneBit(workers)));
    }
    levels = List.copyOf(levels);
    Checks.range("sync.min-workers", minWorkers, 0, workers);
    if (Integer.bitCount(minWorkers) > 1) {
      throw new InvalidConfigException(
          "Invalid sync.min-workers [%d]: must be a power of two. Use %d."
              .formatted(minWorkers, Integer.highestOneBit(minWorkers)));
    }
    Checks.range("sync.capacity-timeout-seconds", capacityTimeoutSeconds, 1, 86_400);
    Checks.range("sync.attempts", attempts, 1, 1000);
    Checks.range("sync.lanes", lanes, 1, 8);
    Checks.range("sync.port", port, 0, 65_535);
    if (port > 0 && port < 1024) {
      throw new InvalidConfigException(
          "Invalid sync.port [%d]: must be 0 or from 1024 to 65535. Use 0 for any free port."
              .formatted(port));
    }
  }

  /** How the level of this name is averaged. */
  public LevelSyncConfig of(String level) {
    return levels.stream()
        .filter(own -> own.level().equals(level))
        .findFirst()
        .orElseGet(() -> new LevelSyncConfig(level, mode, every));
  }

  /** Whether workers exchange through Spark's shuffles, without ports of their own. */
  public boolean inRounds() {
    return transport.equals("rounds");
  }

  /** The fewest workers that a segment may have, the default resolved. */
  public int fewestWorkers() {
    return minWorkers == 0 ? workers : minWorkers;
  }
}
