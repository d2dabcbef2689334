// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.apache.spark.SparkContext;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.ClusterFailureException;

/**
 * How many workers the next segment gets: the largest power of two that the cluster has room for,
 * between the floor and the number that is wanted. Powers of two, so that the virtual shards divide
 * evenly and the bits do not depend on the choice.
 */
final class Capacity {
  /**
   * After a loss a replacement has this long to come before fewer workers go on, so that a process
   * that died and is started again costs no segment at half the speed.
   */
  static final Duration SETTLE = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration REMINDER = Duration.ofSeconds(30);

  private final RunConfig config;
  private final IntSupplier slots;
  private final Consumer<String> notice;
  private final Pause pause;
  private int before;

  /**
   * @param slots tasks that the cluster runs at once, now
   * @param notice gets lines for the user
   */
  Capacity(RunConfig config, IntSupplier slots, Consumer<String> notice, Pause pause) {
    this.config = config;
    this.slots = slots;
    this.notice = notice;
    this.pause = pause;
    this.before = config.sync().workers();
  }

  /** Barrier tasks that Spark would start at once: what its own check of a gang counts. */
  static int slots(SparkContext context) {
    return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
  }

  /**
   * Waits until there is room.
   *
   * @throws ClusterFailureException if there are fewer than the floor at the deadline
   */
  int await() throws InterruptedException {
    int fewest = config.sync().fewestWorkers();
    Duration deadline = Duration.ofSeconds(config.sync().capacityTimeoutSeconds());
    Duration waited = Duration.ZERO;
    Duration said = REMINDER.negated();
    while (true) {
      int room = room();
      boolean isSettled = room >= before || waited.compareTo(SETTLE) >= 0;
      if (room >= fewest && isSettled) {
        return take(room);
      }
      if (waited.compareTo(deadline) >= 0) {
        throw new ClusterFailureException(
            "Cannot start %d %s: the cluster had room for %d after %d s (sync.capacity-timeout-seconds). Lower sync.workers or sync.min-workers, or add executors, then run again with --resume auto."
                .formatted(fewest, fewest == 1 ? "worker" : "workers", room, deadline.toSeconds()));
      }
      // A cluster that has just been opened needs a moment.
      boolean isWorthALine = room < fewest && waited.compareTo(SETTLE) >= 0;
      if (isWorthALine && waited.minus(said).compareTo(REMINDER) >= 0) {
        said = waited;
        notice.accept(
            "waiting for %d workers, the cluster has room for %d; giving up in %d s"
                .formatted(fewest, room, deadline.minus(waited).toSeconds()));
      }
      pause.millis(POLL.toMillis());
      waited = waited.plus(POLL);
    }
  }

  private int take(int room) {
    if (room != before) {
      notice.accept(
          "going on with %d of %d workers, as many as the cluster has room for"
              .formatted(room, config.sync().workers()));
    }
    before = room;
    return room;
  }

  /** The virtual shards are a power of two and at least the workers wanted. */
  private int room() {
    return Math.min(config.sync().workers(), Integer.highestOneBit(slots.getAsInt()));
  }
}
