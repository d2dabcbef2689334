// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.InvalidInputException;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.session.HopePlugin;
import org.hopespark.spark.session.Master;

/** One attempt at a segment, from the driver's side: a Spark job, and what its end means. */
final class SegmentRun {
  /** A task that was told to end needs no longer, unless its process is frozen. */
  private static final Duration STOP = Duration.ofSeconds(5);

  /** How the ranks of a segment are run. */
  interface Tasks {
    /**
     * @param places takes the ranks' executors where they do not tell them by themselves
     * @return what every rank reports, in any order
     */
    List<Outcome> run(Segment segment, GangPlaces places)
        throws RoundsException, InterruptedException;
  }

  private final JavaSparkContext spark;
  private final Tasks tasks;
  private final LiveProgress live;
  private final Duration deadline;
  private final ProgressListener listener;

  /**
   * @param deadline how long ranks may go on after one has failed
   */
  SegmentRun(
      JavaSparkContext spark,
      Tasks tasks,
      LiveProgress live,
      Duration deadline,
      ProgressListener listener) {
    this.spark = spark;
    this.tasks = tasks;
    this.live = live;
    this.deadline = deadline;
    this.listener = listener;
  }

  /** The job group of an attempt: cancelling it leaves later ones alone. */
  static String group(Segment segment) {
    return "hope-%s-%d".formatted(segment.runId(), segment.generation());
  }

  /**
   * @param hopeless whether the end of the segment would be worth nothing, so that it need not be
   *     waited for
   * @return what the ranks report, by rank
   * @throws SegmentFailure if another attempt may help
   * @throws RuntimeException one of those that users see, if not
   */
  List<Outcome.Finished> run(Segment segment, long steps, BooleanSupplier hopeless)
      throws SegmentFailure {
    String group = group(segment);
    GangPlaces places = new GangPlaces(group);
    spark.sc().addSparkListener(places);
    spark.setJobGroup(
        group, segment.describe(steps, live.lastLoss()), /* interruptOnCancel= */ true);
    try (Watchdog watchdog =
        new Watchdog(
            segment,
            deadline,
            () -> hopeless.getAsBoolean() || places.isSilent(silence()),
            () -> spark.cancelJobGroup(group),
            seconds -> listener.onNotice(started(segment, seconds)))) {
      Consumer<Object> receiver =
          message -> {
            live.receive(message);
            places.receive(message);
            watchdog.receive(message);
          };
      HopePlugin.subscribe(receiver);
      try {
        return finished(segment, start(segment, watchdog, places), places);
      } finally {
        HopePlugin.unsubscribe(receiver);
      }
    } finally {
      spark.clearJobGroup();
      spark.sc().removeSparkListener(places);
    }
  }

  /** Some heartbeats may be lost, and a process that collects garbage sends none. */
  private Duration silence() {
    long beats = 3 * spark.getConf().getTimeAsMs("spark.executor.heartbeatInterval", "10s");
    return Duration.ofMillis(Math.max(deadline.toMillis(), beats));
  }

  private static String started(Segment segment, double seconds) {
    return "steps %d to %d on %d %s, the first one %.1f s after the start of the job"
        .formatted(
            segment.from() + 1,
            segment.to(),
            segment.workers(),
            segment.workers() == 1 ? "worker" : "workers",
            seconds);
  }

  private List<Outcome> start(Segment segment, Watchdog watchdog, GangPlaces places)
      throws SegmentFailure {
    try {
      return tasks.run(segment, places).stream()
          .sorted(Comparator.comparingInt(Outcome::rank))
          .toList();
    } catch (Exception e) {
      // Spark's checked exceptions are not declared.
      if (spark.sc().isStopped()) {
        throw stopped(segment.from(), e);
      }
      if (e instanceof RuntimeException unexpected) {
        throw unexpected;
      }
      List<Integer> stuck = replaceStuck(places);
      List<Outcome.Failed> heard = new ArrayList<>(watchdog.failures());
      if (e instanceof RoundsException rounds) {
        heard.addAll(rounds.failures());
      }
      FirstCause why = FirstCause.of(heard, String.valueOf(e.getMessage()), stuck, places);
      refuse(why);
      throw new SegmentFailure(why, e);
    }
  }

  static ClusterFailureException stopped(long from, Throwable cause) {
    return new ClusterFailureException(
        "Cannot go on after step %d: Spark has ended this application. Look for the reason in the cluster manager's log, then run again with --resume auto."
            .formatted(from),
        cause);
  }

  /**
   * A frozen process keeps its slot until Spark misses its heartbeats, minutes later; its successor
   * can start at once. What it writes if it wakes up goes to the directory of an attempt that is
   * never committed.
   */
  private List<Integer> replaceStuck(GangPlaces places) {
    try {
      List<Integer> stuck = places.awaitEnds(STOP);
      boolean isProcess =
          Master.parse(spark.getConf().get("spark.master")).kind() != Master.Kind.THREADS;
      for (int task : stuck) {
        if (isProcess && spark.sc().killAndReplaceExecutor(places.of(task).executor())) {
          listener.onNotice(
              "replacing the process of " + places.nameOf(places.of(task).executor()));
        }
      }
      return stuck;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private List<Outcome.Finished> finished(
      Segment segment, List<Outcome> outcomes, GangPlaces places) throws SegmentFailure {
    List<Outcome.Finished> finished = new ArrayList<>();
    List<Outcome.Failed> failed = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Finished done) {
        finished.add(done);
      } else if (outcome instanceof Outcome.Failed gone) {
        failed.add(gone);
      }
    }
    if (!failed.isEmpty()) {
      FirstCause why = FirstCause.of(failed, null, List.of(), places);
      refuse(why);
      throw new SegmentFailure(why, null);
    }
    finished.stream().flatMap(rank -> rank.intervals().stream()).forEach(live::receive);
    requireEqual(finished, segment.to());
    return finished;
  }

  /** Throws what another attempt cannot mend. */
  private static void refuse(FirstCause why) {
    if (why.failed() == null) {
      return;
    }
    String message = why.failed().message();
    switch (why.failed().kind()) {
      case INVALID_CONFIG -> throw new InvalidConfigException(message);
      case INVALID_INPUT -> throw new InvalidInputException(message);
      case CORRUPT_DATA -> throw new CorruptDataException(message);
      case CORRUPT_CHECKPOINT -> throw new CorruptCheckpointException(message);
      case REPLICA_MISMATCH -> throw new ClusterFailureException(message);
      case NOT_FINITE, UNREACHABLE, PEER, UNEXPECTED -> {}
    }
  }

  /** The last synchronisation compares parameters before its update; this is after it. */
  private static void requireEqual(List<Outcome.Finished> finished, long step) {
    List<Long> expected = finished.get(0).hashes();
    for (Outcome.Finished rank : finished) {
      if (!rank.hashes().equals(expected)) {
        throw new ClusterFailureException(
            "Invalid replica: after step %d the parameters of rank %d differ from those of rank 0. Start again from the last checkpoint with --resume auto, and check the memory of both hosts."
                .formatted(step, rank.rank()));
      }
    }
  }
}
