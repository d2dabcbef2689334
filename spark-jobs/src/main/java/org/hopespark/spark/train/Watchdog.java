// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/**
 * Ends a segment whose ranks do not all end by themselves. A rank that gives up returns a value, so
 * Spark would wait for a stuck one as long as its executor lives; this gives the others the time of
 * one deadline, and then cancels the job. It cancels it too when a process falls silent in which a
 * rank is at work: its peers do not notice before they meet it, nor after the last step.
 */
final class Watchdog implements AutoCloseable {
  private static final long POLL_MILLIS = 1000;

  private final Segment segment;
  private final Duration deadline;
  private final Runnable cancel;
  private final DoubleConsumer started;
  private final long startNanos = System.nanoTime();
  private final BitSet underway = new BitSet();
  private final List<Outcome.Failed> failures = new ArrayList<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "hope-watchdog");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param deadline how long ranks may go on after the first failure
   * @param isSilent whether a process has given no sign of life for too long, or the job is of no
   *     use
   * @param cancel ends the job
   * @param started gets the seconds from now to when the last rank is at its first step
   */
  Watchdog(
      Segment segment,
      Duration deadline,
      BooleanSupplier isSilent,
      Runnable cancel,
      DoubleConsumer started) {
    this.segment = segment;
    this.deadline = deadline;
    this.cancel = cancel;
    this.started = started;
    var unused =
        timer.scheduleWithFixedDelay(
            () -> {
              if (isSilent.getAsBoolean()) {
                cancel.run();
              }
            },
            POLL_MILLIS,
            POLL_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** What a rank sends as soon as it has failed. */
  record GivenUp(UUID runId, int generation, Outcome.Failed failure, String executor)
      implements Serializable {}

  /** What a rank sends when it is linked with all others, before its first step. */
  record UnderWay(UUID runId, int generation, int rank, String executor) implements Serializable {}

  /** Takes any message of {@link org.hopespark.spark.session.HopePlugin}. */
  synchronized void receive(Object message) {
    if (message instanceof GivenUp given && isOurs(given.runId(), given.generation())) {
      failures.add(given.failure());
      if (failures.size() == 1) {
        var unused = timer.schedule(cancel, deadline.toMillis(), TimeUnit.MILLISECONDS);
      }
    } else if (message instanceof UnderWay news && isOurs(news.runId(), news.generation())) {
      underway.set(news.rank());
      if (underway.cardinality() == segment.workers()) {
        started.accept((System.nanoTime() - startNanos) * 1e-9);
      }
    }
  }

  private boolean isOurs(UUID runId, int generation) {
    return runId.equals(segment.runId()) && generation == segment.generation();
  }

  /** The failures that ranks have reported, in the order in which they came. */
  synchronized List<Outcome.Failed> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
