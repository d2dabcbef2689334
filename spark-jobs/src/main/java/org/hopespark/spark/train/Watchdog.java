// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends a segment whose ranks do not all end by themselves. A rank that gives up returns a value, so
 * Spark would wait for a stuck one as long as its executor lives; this gives the others the time of
 * one deadline, and then cancels the job.
 */
final class Watchdog implements AutoCloseable {
  private final Segment segment;
  private final Duration grace;
  private final Runnable cancel;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "hope-watchdog");
            thread.setDaemon(true);
            return thread;
          });
  private Outcome.Failed first;

  Watchdog(Segment segment, Duration grace, Runnable cancel) {
    this.segment = segment;
    this.grace = grace;
    this.cancel = cancel;
  }

  /** What a rank sends as soon as it has failed. */
  record GivenUp(UUID runId, int generation, Outcome.Failed failure) implements Serializable {}

  /** Takes any message of {@link org.hopespark.spark.session.HopePlugin}. */
  synchronized void receive(Object message) {
    if (first == null
        && message instanceof GivenUp given
        && given.runId().equals(segment.runId())
        && given.generation() == segment.generation()) {
      first = given.failure();
      var unused = timer.schedule(cancel, grace.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** The first failure that was reported. */
  synchronized Optional<Outcome.Failed> first() {
    return Optional.ofNullable(first);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
