// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.shuffle.FetchFailedException;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.train.ProcessMemory;
import org.hopespark.model.train.Replica;
import org.hopespark.model.train.ShardLoss;
import org.hopespark.spark.exchange.TreeSum;
import org.hopespark.spark.session.HopePlugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A rank that takes its steps in rounds: its memory stays in the process from one job of the
 * segment to the next, and each stage calls one of its methods. The calls are numbered, and each
 * can be made once: a task that Spark starts a second time finds that it is too late, here or
 * elsewhere, and the segment goes back to the last commit.
 *
 * <p>The arithmetic is that of {@link ExactAveraging}: contributions to a slice are added by its
 * owner in the tree's order, whichever way they come.
 */
final class RoundWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RoundWorker.class);
  private static final double NANOS = 1e-9;

  private final Segment segment;
  private final int rank;
  private final RunConfig config;
  private final Configuration hadoop;
  private final int numShards;
  private final Gang gang;
  private final SampleWindows windows;
  private final Replica replica;
  private final RankReports reports;
  private final RoundTraffic traffic;
  private final int[][] tokens;

  /** Number of the call that is to come. */
  private int next = 1;

  private Outcome.Failed failed;
  private boolean closed;

  private long step;
  private List<Level> due = List.of();

  /** Where gradients are summed, in the ranges of the due levels. */
  private Slab sums;

  private long intervalStart;
  private long stepsEnd;
  private long sumEnd;
  private long sumStart;
  private long updateEnd;

  /** Restores the last commit. */
  RoundWorker(Segment segment, int rank) throws IOException {
    this.segment = segment;
    this.rank = rank;
    config =
        RunConfig.read(
            new ByteArrayInputStream(segment.config().getBytes(StandardCharsets.UTF_8)), List.of());
    hadoop = segment.hadoop().value();
    numShards = config.training().virtualShards() / segment.workers();
    gang = new Gang(config, rank, segment.workers());
    windows = new SampleWindows(config, OpenDatasets.of(segment.runId(), hadoop, segment.data()));
    replica = Replica.create(config, numShards, segment.threads(), gang.ownership());
    reports = new RankReports(segment, rank, config, replica);
    traffic = new RoundTraffic(replica.levels().size());
    tokens = windows.arrays(numShards);
    step = segment.from();
    boolean isRestored = false;
    try {
      if (segment.restore() != null) {
        checkpoint().restore(segment.restore());
      }
      isRestored = true;
    } finally {
      if (!isRestored) {
        replica.close();
      }
    }
  }

  private RankCheckpoint checkpoint() {
    return new RankCheckpoint(hadoop, replica, List.of(), gang, numShards, ModelFiles.MAX_BYTES);
  }

  /** What a stage has this rank do. */
  interface Call<T> {
    T run(RoundWorker worker) throws IOException, InterruptedException;
  }

  /**
   * Makes call {@code number}.
   *
   * @throws RoundFailure if it is not that one's turn, or it fails
   */
  synchronized <T> T call(int number, Call<T> call) {
    if (failed != null) {
      throw new RoundFailure(failed);
    }
    if (closed || number != next) {
      throw RoundWorkers.absent(rank, segment.generation());
    }
    // Whatever happens now, nobody begins it again.
    next = -1;
    try {
      T result = call.run(this);
      next = number + 1;
      return result;
    } catch (Exception | FSError e) {
      // Spark's shuffles throw checked exceptions that are not declared.
      RoundWorkers.requireWanted();
      LOG.warn("Rank {} gives up at step {}", rank, step, e);
      failed = failed(e);
      HopePlugin.send(
          new Watchdog.GivenUp(
              segment.runId(), segment.generation(), failed, SparkEnv.get().executorId()));
      throw new RoundFailure(failed);
    }
  }

  /** What cannot be fetched was written by a process that is gone. */
  private Outcome.Failed failed(Throwable cause) {
    return cause instanceof FetchFailedException
        ? new Outcome.Failed(
            rank, step, Outcome.Kind.PEER, "Cannot fetch what another rank has sent.")
        : Outcome.Failed.of(rank, step, cause);
  }

  /** Takes the steps up to {@code to}, the first with a boundary or the last of the segment. */
  void take(long to) throws InterruptedException {
    if (step == segment.from()) {
      intervalStart = System.nanoTime();
    }
    while (step < to) {
      step++;
      windows.read(step, rank * numShards, tokens);
      List<ShardLoss> losses = replica.accumulate(tokens);
      reports.lossSum(StepLoop.tree(losses, 0, losses.size()));
      due = replica.due(step);
      if (due.isEmpty()) {
        finishStep();
      }
    }
    for (Level level : due) {
      sums = replica.sumOfShards(level);
    }
    stepsEnd = System.nanoTime();
  }

  /** The sums over own shards, for the owners of their slices. */
  Iterator<Tuple2<Integer, byte[]>> contributions() {
    List<RoundPart.Address> parts = new ArrayList<>();
    for (Level level : due) {
      Slices slices = replica.slices(level);
      for (int owner = 0; owner < slices.size(); owner++) {
        if (owner != rank) {
          parts.addAll(RoundPart.of(level, slices, owner, owner));
        }
      }
    }
    return send(parts, sums);
  }

  /** Read part by part as the shuffle writes them. */
  private Iterator<Tuple2<Integer, byte[]>> send(List<RoundPart.Address> parts, Slab slab) {
    return parts.stream().map(part -> new Tuple2<>(part.to(), encode(part, slab))).iterator();
  }

  private synchronized byte[] encode(RoundPart.Address part, Slab slab) {
    if (closed) {
      throw RoundWorkers.absent(rank, segment.generation());
    }
    byte[] bytes = RoundPart.encode(rank, part, slab);
    traffic.sent(part.level(), bytes.length);
    return bytes;
  }

  /** Adds the others' contributions to the own slices. */
  Ballot sum(Iterator<byte[]> contributions) throws InterruptedException {
    sumStart = System.nanoTime();
    if (gang.size() > 1) {
      sumSlices(contributions);
    }
    List<Vote.OfLevel> votes = new ArrayList<>();
    for (Level level : due) {
      votes.add(Vote.OfLevel.of(replica, level, replica.squares(level)));
    }
    List<Long> hashes = due.stream().map(level -> gang.hash(replica, level)).toList();
    sumEnd = System.nanoTime();
    return new Ballot(rank, new Vote(votes), hashes);
  }

  private void sumSlices(Iterator<byte[]> contributions) {
    TreeSum tree = TreeSum.ofFloats(gang.size());
    Map<List<Long>, ByteBuffer[]> waiting = new HashMap<>();
    long summed = 0;
    while (contributions.hasNext()) {
      RoundPart part = RoundPart.decode(contributions.next());
      List<Long> where = List.of((long) part.level(), part.at());
      ByteBuffer[] byRank = waiting.computeIfAbsent(where, key -> new ByteBuffer[gang.size()]);
      byRank[part.from()] = part.floats();
      // All but the own one.
      if (Arrays.stream(byRank).filter(floats -> floats != null).count() == gang.size() - 1) {
        Level level = replica.levels().get(part.level());
        tree.sum(sums.bytes(level.offset() + part.at(), part.length()), rank, byRank);
        summed += part.length();
        waiting.remove(where);
      }
    }
    long own = due.stream().mapToLong(level -> replica.slices(level).length(rank)).sum();
    requireAll(summed, own);
  }

  private void requireAll(long come, long expected) {
    if (come != expected) {
      throw new IllegalStateException(
          "Invalid round: %d of %d numbers came for rank %d at step %d"
              .formatted(come, expected, rank, step));
    }
  }

  /** Updates the own slices, unless any rank's gradient is not finite. */
  void update(List<Ballot> ballots) throws InterruptedException {
    long start = System.nanoTime();
    List<Vote> votes = ballots.stream().map(Ballot::vote).toList();
    List<Double> norms = new ArrayList<>();
    for (int i = 0; i < due.size(); i++) {
      double norm = norm(due.get(i), i, votes);
      if (!Double.isFinite(norm)) {
        throw LevelAverages.notFinite(config, due.get(i), step, votes, i);
      }
      norms.add(norm);
    }
    for (int i = 0; i < due.size(); i++) {
      Level level = due.get(i);
      replica.update(level, step, gang.targets(level, step), norms.get(i));
      reports.norm(level, norms.get(i));
    }
    updateEnd = System.nanoTime();
    traffic.passed(due, start - stepsEnd - (sumEnd - sumStart), sumStart - stepsEnd);
  }

  private double norm(Level level, int position, List<Vote> votes) {
    return replica.norm(
        level,
        votes.stream().map(vote -> vote.levels().get(position).squares().array()).toList(),
        gang.targets(level, step));
  }

  /** The own slices' new parameters, for all others. */
  Iterator<Tuple2<Integer, byte[]>> slices() {
    List<RoundPart.Address> parts = new ArrayList<>();
    for (int peer = 0; peer < gang.size(); peer++) {
      for (Level level : due) {
        if (peer != rank) {
          parts.addAll(RoundPart.of(level, replica.slices(level), rank, peer));
        }
      }
    }
    return send(parts, replica.parameters());
  }

  /** Takes over the others' slices, with which the step is done. */
  void adopt(Iterator<byte[]> slices) throws InterruptedException {
    long come = 0;
    while (slices.hasNext()) {
      RoundPart part = RoundPart.decode(slices.next());
      long offset = replica.levels().get(part.level()).offset() + part.at();
      come += part.length();
      replica.parameters().bytes(offset, part.length()).put(part.floats());
    }
    requireAll(come, due.stream().mapToLong(level -> level.length() - ownLength(level)).sum());
    for (Level level : due) {
      replica.finish(level, step);
    }
    traffic.passed(due, System.nanoTime() - updateEnd, 0);
    due = List.of();
    finishStep();
  }

  /** Time between jobs is the run's, whoever spends it: it counts. */
  private void finishStep() {
    if (reports.isDue(step)) {
      long now = System.nanoTime();
      reports.finish(step, now - intervalStart, traffic.byLevel());
      intervalStart = now;
    }
  }

  private long ownLength(Level level) {
    return replica.slices(level).length(rank);
  }

  /** Writes the next checkpoint's files. */
  Outcome.Finished save() throws IOException {
    List<Long> hashes = replica.levels().stream().map(replica::hash).toList();
    long start = System.nanoTime();
    RankContent.Saved saved =
        checkpoint().content(segment.to()).write(hadoop, new Path(segment.save()));
    return new Outcome.Finished(
        rank,
        hashes,
        reports.all(),
        saved,
        (System.nanoTime() - start) * NANOS,
        /* checkpointWaitSeconds= */ 0,
        SparkEnv.get().executorId(),
        ProcessMemory.peakBytes());
  }

  /** Waits for the call under way. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      replica.close();
    }
  }
}
