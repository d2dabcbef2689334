// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.InvalidInputException;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.session.HopePlugin;

/** One attempt at a segment, from the driver's side: a Spark job, and what its end means. */
final class SegmentRun {
  private static final String UNFINISHED_TASK = "finished unsuccessfully.";

  private final JavaSparkContext spark;
  private final LiveProgress live;
  private final Duration grace;

  /**
   * @param grace how long ranks may go on after one has failed
   */
  SegmentRun(JavaSparkContext spark, LiveProgress live, Duration grace) {
    this.spark = spark;
    this.live = live;
    this.grace = grace;
  }

  /**
   * @return what the ranks report, by rank
   * @throws SegmentFailure if another attempt may help
   * @throws RuntimeException one of those that users see, if not
   */
  List<Outcome.Finished> run(Segment segment, long steps) throws SegmentFailure {
    String group = "hope-" + segment.runId();
    spark.setJobGroup(
        group, segment.describe(steps, live.lastLoss()), /* interruptOnCancel= */ true);
    List<Outcome> outcomes;
    try (Watchdog watchdog = new Watchdog(segment, grace, () -> spark.cancelJobGroup(group))) {
      HopePlugin.subscribe(
          message -> {
            live.receive(message);
            watchdog.receive(message);
          });
      outcomes = start(segment, watchdog);
    } finally {
      HopePlugin.unsubscribe();
      spark.clearJobGroup();
    }
    firstCause(outcomes).ifPresent(SegmentRun::refuse);
    Optional<Outcome.Failed> failed = firstCause(outcomes);
    if (failed.isPresent()) {
      throw new SegmentFailure(
          "rank %d: %s".formatted(failed.get().rank(), failed.get().message()), null);
    }
    List<Outcome.Finished> finished = outcomes.stream().map(Outcome.Finished.class::cast).toList();
    finished.stream().flatMap(rank -> rank.intervals().stream()).forEach(live::receive);
    requireEqual(finished, segment.to());
    return finished;
  }

  private List<Outcome> start(Segment segment, Watchdog watchdog) throws SegmentFailure {
    try {
      List<Outcome> byPartition =
          GangJob.run(spark, segment.workers(), Outcome.class, new RankTask(segment));
      return byPartition.stream().sorted(Comparator.comparingInt(Outcome::rank)).toList();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // Spark's checked exceptions are not declared.
      Optional<Outcome.Failed> reported = watchdog.first();
      throw reported.isPresent() && reported.get().kind() != Outcome.Kind.PEER
          ? new SegmentFailure(reported.get().message(), e)
          : ofJob(e, segment.workers());
    }
  }

  private static SegmentFailure ofJob(Exception failure, int workers) {
    String message = String.valueOf(failure.getMessage());
    if (message.contains("SPARK-24819") || message.contains("BARRIER_STAGE")) {
      throw new ClusterFailureException(
          "Cannot start %d workers: the cluster has not enough free executors for them. Lower sync.workers or add executors, then run again with --resume auto."
              .formatted(workers),
          failure);
    }
    return new SegmentFailure(reason(message), failure);
  }

  /** Spark puts the reason after a preamble of its own, and a stack trace after the reason. */
  static String reason(String message) {
    int end = message.lastIndexOf(UNFINISHED_TASK);
    String rest = end < 0 ? message : message.substring(end + UNFINISHED_TASK.length());
    return rest.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
  }

  static String withoutFullStop(String line) {
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }

  /** A failed peer is an echo unless nothing else failed. */
  static Optional<Outcome.Failed> firstCause(List<Outcome> outcomes) {
    List<Outcome.Failed> failed =
        outcomes.stream()
            .filter(Outcome.Failed.class::isInstance)
            .map(Outcome.Failed.class::cast)
            .toList();
    return failed.stream()
        .filter(outcome -> outcome.kind() != Outcome.Kind.PEER)
        .findFirst()
        .or(() -> failed.stream().findFirst());
  }

  private static void refuse(Outcome.Failed failed) {
    switch (failed.kind()) {
      case INVALID_CONFIG -> throw new InvalidConfigException(failed.message());
      case INVALID_INPUT -> throw new InvalidInputException(failed.message());
      case CORRUPT_DATA -> throw new CorruptDataException(failed.message());
      case CORRUPT_CHECKPOINT -> throw new CorruptCheckpointException(failed.message());
      case REPLICA_MISMATCH -> throw new ClusterFailureException(failed.message());
      case PEER, UNEXPECTED -> {}
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
