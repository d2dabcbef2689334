// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.session.Master;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * A segment as a sequence of plain Spark jobs, for clusters whose executors may not open ports to
 * each other: {@code sync.transport: rounds}. What ranks have for each other goes through Spark's
 * shuffles, and their votes through the driver. A round ends at the next step at which any level is
 * due, and is one job of three stages:
 *
 * <ol>
 *   <li>the owners update their slices by the votes of the round before, and send them to all;
 *   <li>every rank takes these over, takes its steps, and sends its gradients to the owners;
 *   <li>the owners add them up, and vote.
 * </ol>
 *
 * <p>Between jobs the ranks' memory stays in their processes, see {@link RoundWorker}. A job before
 * the first round makes them, and one after the last has them write the checkpoint.
 */
final class Rounds implements SegmentRun.Tasks {
  /** What Spark knows when a job ends, its listeners hear a little later. */
  private static final long HEAR_MILLIS = 2000;

  private final JavaSparkContext spark;
  private final RunConfig config;
  private final List<Level> levels;
  private final LiveProgress live;
  private final ProgressListener listener;
  private final BooleanSupplier isStopped;

  /**
   * @param isStopped whether no further job is to be started
   */
  Rounds(
      JavaSparkContext spark,
      RunConfig config,
      List<Level> levels,
      LiveProgress live,
      ProgressListener listener,
      BooleanSupplier isStopped) {
    this.spark = spark;
    this.config = config;
    this.levels = levels;
    this.live = live;
    this.listener = listener;
    this.isStopped = isStopped;
  }

  @Override
  public List<Outcome> run(Segment segment, GangPlaces places)
      throws RoundsException, InterruptedException {
    LostExecutor lost = new LostExecutor(() -> spark.cancelJobGroup(SegmentRun.group(segment)));
    spark.sc().addSparkListener(lost);
    try {
      Attempt attempt = new Attempt(segment, open(segment, places, lost));
      List<Ballot> ballots = List.of();
      List<Long> boundaries = boundaries(segment);
      for (int round = 0; round < boundaries.size(); round++) {
        requireGoingOn(lost);
        long boundary = boundaries.get(round);
        describe(segment, boundary);
        ballots = attempt.round(round, ballots, boundary);
        requireSame(ballots, boundary);
      }
      requireGoingOn(lost);
      spark.setJobDescription(
          "%s: save step %d"
              .formatted(
                  segment.describe(config.training().steps(), live.lastLoss()), segment.to()));
      return attempt.end(boundaries.size(), ballots);
    } catch (RoundsException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // Spark's checked exceptions are not declared.
      throw failure(e, lost);
    } finally {
      spark.sc().removeSparkListener(lost);
    }
  }

  private RoundsException failure(Exception e, LostExecutor lost) throws InterruptedException {
    List<Outcome.Failed> failures =
        e.getCause() instanceof RoundFailure rank ? List.of(rank.failed()) : List.of();
    boolean isEcho = failures.stream().anyMatch(Outcome.Failed::isEcho);
    String line = lost.awaitLine(isEcho ? HEAR_MILLIS : 0).orElse(String.valueOf(e.getMessage()));
    return new RoundsException(line, failures, e);
  }

  private void requireGoingOn(LostExecutor lost) throws RoundsException {
    if (lost.line().isPresent()) {
      throw new RoundsException(lost.line().get(), List.of(), null);
    }
    if (isStopped.getAsBoolean()) {
      throw new RoundsException("the run was stopped", List.of(), null);
    }
  }

  /** Steps of the segment at whose end any level is due. */
  private List<Long> boundaries(Segment segment) {
    List<Long> boundaries = new ArrayList<>();
    for (long step = segment.from() + 1; step <= segment.to(); step++) {
      long at = step;
      if (levels.stream()
          .anyMatch(level -> LevelSchedule.due(level, at, config.training().steps()))) {
        boundaries.add(step);
      }
    }
    return boundaries;
  }

  private void describe(Segment segment, long boundary) {
    long steps = config.training().steps();
    spark.setJobDescription(
        "%s: round to step %d, %s"
            .formatted(
                segment.describe(steps, live.lastLoss()),
                boundary,
                levels.stream()
                    .filter(level -> LevelSchedule.due(level, boundary, steps))
                    .map(Level::name)
                    .collect(Collectors.joining(", "))));
  }

  /** Makes the ranks, one in each process; returns where they are. */
  private List<String> open(Segment segment, GangPlaces places, LostExecutor lost) {
    boolean isProcess =
        Master.parse(spark.getConf().get("spark.master")).kind() != Master.Kind.THREADS;
    RDD<ProbeTask.Found> opening =
        new RoundRdd<>(
            ranks(segment.workers()),
            ProbeTask.Found.class,
            List.of(),
            (rank, none) -> {
              ProbeTask.Found found = ProbeTask.look(rank);
              RoundWorkers.open(segment, rank, isProcess);
              return List.of(found).iterator();
            });
    List<ProbeTask.Found> found = opening.toJavaRDD().collect();
    found.forEach(rank -> places.seat(rank.rank(), rank.executor()));
    if (isProcess) {
      Probe.requireUsable(found);
      lost.watch(
          found.stream().map(ProbeTask.Found::executor).collect(Collectors.toUnmodifiableSet()));
      if (segment.generation() == 1) {
        listener.onNotice(Probe.line(found, "in rounds"));
      }
    }
    return found.stream().map(rank -> RoundRdd.place(rank.host(), rank.executor())).toList();
  }

  private RDD<Integer> ranks(int size) {
    return spark.parallelize(IntStream.range(0, size).boxed().toList(), size).rdd();
  }

  /** What a synchronisation compares where ranks meet. */
  private void requireSame(List<Ballot> ballots, long step) {
    for (Ballot ballot : ballots) {
      if (!ballot.hashes().equals(ballots.get(0).hashes())) {
        throw new ClusterFailureException(
            "Invalid replica: before the update at step %d the parameters of rank %d differ from those of rank 0. Start again from the last checkpoint with --resume auto, and check the memory of both hosts."
                .formatted(step, ballot.rank()));
      }
    }
  }

  /** The jobs of one attempt. */
  private final class Attempt {
    private final Segment segment;
    private final List<String> places;

    Attempt(Segment segment, List<String> places) {
      this.segment = segment;
      this.places = places;
    }

    List<Ballot> round(int round, List<Ballot> before, long boundary) {
      RoundWorkers.Attempt ranks = RoundWorkers.Attempt.of(segment);
      int call = 3 * round;
      RDD<Tuple2<Integer, byte[]>> contributions =
          stage(
              gathered(round, before),
              pair(),
              (rank, slices) ->
                  ranks
                      .at(rank)
                      .call(
                          call + 1,
                          worker -> {
                            if (call > 0) {
                              worker.adopt(slices);
                            }
                            worker.take(boundary);
                            return worker.contributions();
                          }));
      RDD<Ballot> votes =
          stage(
              shuffled(contributions),
              Ballot.class,
              (rank, come) -> {
                Ballot ballot = ranks.at(rank).call(call + 2, worker -> worker.sum(come));
                return List.of(ballot).iterator();
              });
      return collect(votes, Comparator.comparingInt(Ballot::rank));
    }

    List<Outcome> end(int rounds, List<Ballot> before) {
      RoundWorkers.Attempt ranks = RoundWorkers.Attempt.of(segment);
      long to = segment.to();
      int call = 3 * rounds;
      RDD<Outcome> ends =
          stage(
              gathered(rounds, before),
              Outcome.class,
              (rank, slices) -> {
                Outcome outcome =
                    ranks
                        .at(rank)
                        .call(
                            call + 1,
                            worker -> {
                              if (call > 0) {
                                worker.adopt(slices);
                              }
                              worker.take(to);
                              return worker.save();
                            });
                ranks.close(rank);
                return List.of(outcome).iterator();
              });
      return collect(ends, Comparator.comparingInt(Outcome::rank));
    }

    /** By rank: what the owners make of the round before. */
    private RDD<byte[]> gathered(int round, List<Ballot> before) {
      RoundWorkers.Attempt ranks = RoundWorkers.Attempt.of(segment);
      // Not a view of this round's: it travels.
      List<Ballot> ballots = List.copyOf(before);
      int call = 3 * round;
      RDD<Tuple2<Integer, byte[]>> slices =
          stage(
              ranks(segment.workers()),
              pair(),
              (rank, none) ->
                  call == 0
                      ? List.<Tuple2<Integer, byte[]>>of().iterator()
                      : ranks
                          .at(rank)
                          .call(
                              call,
                              worker -> {
                                worker.update(ballots);
                                return worker.slices();
                              }));
      return shuffled(slices);
    }

    private <A, B> RDD<B> stage(RDD<A> input, Class<B> type, RoundRdd.Work<A, B> work) {
      return new RoundRdd<>(input, type, places, work);
    }

    private RDD<byte[]> shuffled(RDD<Tuple2<Integer, byte[]>> parts) {
      ClassTag<Integer> key = ClassTag$.MODULE$.apply(Integer.class);
      ClassTag<byte[]> value = ClassTag$.MODULE$.apply(byte[].class);
      return JavaPairRDD.fromRDD(parts, key, value)
          .partitionBy(new HashPartitioner(segment.workers()))
          .values()
          .rdd();
    }

    private <T> List<T> collect(RDD<T> results, Comparator<T> byRank) {
      try {
        return results.toJavaRDD().collect().stream().sorted(byRank).toList();
      } finally {
        // Else every round's stay on the executors' disks until the driver collects garbage.
        results.cleanShuffleDependencies(/* blocking= */ false);
      }
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Tags know no parameters of types.
  private static Class<Tuple2<Integer, byte[]>> pair() {
    return (Class) Tuple2.class;
  }
}
