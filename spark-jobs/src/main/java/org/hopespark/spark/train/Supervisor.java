// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.hopespark.data.store.Storage;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.exchange.Secret;
import org.hopespark.spark.session.HopePlugin;
import org.hopespark.spark.session.Master;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes from checkpoint to checkpoint, and repeats what fails after the last commit. While the ranks
 * write a checkpoint in the background the next segment is under way; a segment thus ends one
 * checkpoint ahead of the last commit at most, and if that commit fails it counts for nothing.
 */
final class Supervisor {
  /** To write a checkpoint, for ranks that have nothing else to do and whose processes live. */
  private static final Duration WRITING = Duration.ofMinutes(30);

  /** The same when the run is to end. */
  private static final Duration LEAVING = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  private final JavaSparkContext spark;
  private final Configuration hadoop;
  private final RunConfig config;
  private final List<Level> levels;
  private final UUID runId;
  private final String data;
  private final CheckpointStore store;
  private final CheckpointCommit commit;
  private final ProgressListener listener;
  private final ExecutorService commits =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "hope-commit");
            thread.setDaemon(true);
            return thread;
          });
  private int generation;
  private volatile String running = "";
  private Committed committed;

  /** What is ahead of the last commit; null where nothing is. */
  private PendingCheckpoint pending;

  /** Since the last commit. */
  private Backoff backoff;

  private String notFinite;
  private volatile boolean isCancelled;

  Supervisor(
      JavaSparkContext spark,
      Configuration hadoop,
      RunConfig config,
      List<Level> levels,
      UUID runId,
      String data,
      CheckpointStore store,
      CheckpointCommit commit,
      ProgressListener listener) {
    this.spark = spark;
    this.hadoop = hadoop;
    this.config = config;
    this.levels = levels;
    this.runId = runId;
    this.data = data;
    this.store = store;
    this.commit = commit;
    this.listener = listener;
  }

  /** Returns the last commit, at the last step. */
  Committed run(Committed start) throws IOException, InterruptedException {
    begin(start);
    try (Interruption stop = Interruption.watch(this::cancel)) {
      Capacity capacity =
          new Capacity(config, () -> slots(start.state().step()), listener::onNotice, stop);
      try {
        if (!isDone()) {
          probe(capacity, stop);
        }
        while (!isDone()) {
          advance(capacity, stop);
        }
      } finally {
        leave();
      }
    }
    return committed;
  }

  private void begin(Committed commit) {
    committed = commit;
    backoff = new Backoff(config.sync().attempts());
    notFinite = null;
  }

  private boolean isDone() {
    return committed.state().step() == config.training().steps();
  }

  /** What is nearly written is worth a moment, whatever ends the run. */
  private void leave() throws InterruptedException {
    if (pending != null) {
      Path directory = pending.directory();
      try {
        settle(LEAVING);
      } catch (SegmentFailure | IOException | RuntimeException e) {
        LOG.warn("Cannot keep [{}]: {}", Storage.display(directory), e.getMessage());
        store.discard(directory);
      }
    }
    commits.shutdown();
  }

  /** Waits for the checkpoint that is being written, and then nothing is. */
  private void settle(Duration longest) throws SegmentFailure, IOException, InterruptedException {
    PendingCheckpoint former = pending;
    pending = null;
    try {
      begin(former.await(longest));
    } finally {
      forget(former);
    }
  }

  /** Whether it is committed is decided now. */
  private void forget(PendingCheckpoint former) {
    former.giveUp();
    HopePlugin.unsubscribe(former);
    spark.sc().removeSparkListener(former);
    store.giveUp(former.directory());
  }

  private void cancel() {
    isCancelled = true;
    if (!spark.sc().isStopped()) {
      spark.cancelJobGroup(running);
    }
  }

  private int slots(long step) {
    if (spark.sc().isStopped()) {
      throw SegmentRun.stopped(step, /* cause= */ null);
    }
    return Capacity.slots(spark.sc());
  }

  /** Threads of this process reach each other, and ranks in rounds need not. */
  private void probe(Capacity capacity, Interruption stop) throws InterruptedException {
    if (config.sync().inRounds()
        || Master.parse(spark.getConf().get("spark.master")).kind() == Master.Kind.THREADS) {
      return;
    }
    Backoff probes = new Backoff(config.sync().attempts());
    running = Probe.group(runId);
    while (true) {
      stop.millis(probes.pause().toMillis());
      requireGoingOn(stop);
      try {
        listener.onNotice(Probe.run(spark, runId, capacity.await(), config));
        return;
      } catch (SegmentFailure e) {
        probes.fail();
        if (probes.isExhausted()) {
          throw new ClusterFailureException(
              "Cannot start %d workers: %d attempts failed, the last one with %s. Look after the cluster, then run again with --resume auto."
                  .formatted(config.sync().workers(), probes.attempts(), e.getMessage()),
              e);
        }
        restart("Lost a worker before the first step (%s); trying again", e, probes);
      }
    }
  }

  /** Takes one segment, or fails at it. */
  private void advance(Capacity capacity, Interruption stop)
      throws IOException, InterruptedException {
    stop.millis(backoff.pause().toMillis());
    try {
      if (stop.isRequested() && pending != null) {
        settle(LEAVING);
      }
      requireGoingOn(stop);
      int workers = capacity.await();
      // Other ranks read what these write.
      if (pending != null && (pending.isFailed() || pending.reached().workers() != workers)) {
        settle(WRITING);
      }
      attempt(workers, stop);
    } catch (SegmentFailure e) {
      fail(e, stop);
    }
  }

  private void attempt(int workers, Interruption stop)
      throws SegmentFailure, IOException, InterruptedException {
    Committed from = pending == null ? committed : pending.reached().point();
    PendingCheckpoint next =
        new PendingCheckpoint(create(end(from.state().step())), commit::commit, commits);
    try {
      HopePlugin.subscribe(next);
      spark.sc().addSparkListener(next);
      List<Outcome.Finished> finished = train(segment(from, next.directory(), workers), from);
      if (pending != null) {
        settle(WRITING);
      }
      next.reached(commit.reach(from, next.directory(), finished), finished);
      pending = next;
      if (!next.isBeingWritten()) {
        settle(WRITING);
      }
    } finally {
      if (next != pending) {
        forget(next);
        if (stop.isRequested()) {
          store.discard(next.directory());
        }
      }
    }
  }

  /** Goes back to the last commit, which may be made only now. */
  private void fail(SegmentFailure failure, Interruption stop)
      throws IOException, InterruptedException {
    SegmentFailure why = failure;
    if (pending != null) {
      PendingCheckpoint former = pending;
      boolean isCause = former.isFailed() && !former.isLost();
      try {
        // The processes that write it may all be well.
        settle(stop.isRequested() ? LEAVING : WRITING);
      } catch (SegmentFailure e) {
        why = isCause ? e : failure;
        if (stop.isRequested()) {
          store.discard(former.directory());
        }
      }
    }
    requireGoingOn(stop);
    long from = committed.state().step();
    // Arithmetic that fails twice in the same way is the run's own.
    Outcome.Failed own = why.why().failed();
    if (own != null && own.kind() == Outcome.Kind.NOT_FINITE) {
      if (own.message().equals(notFinite)) {
        throw new InvalidConfigException(own.message());
      }
      notFinite = own.message();
    }
    backoff.fail();
    why.why().echoes().forEach(line -> listener.onNotice("in consequence: " + line));
    if (backoff.isExhausted()) {
      throw new ClusterFailureException(
          "Cannot finish steps %d to %d: %d attempts failed, the last one with %s. Look after the cluster, then run again with --resume auto."
              .formatted(from + 1, end(from), backoff.attempts(), why.getMessage()),
          why);
    }
    restart(
        "Lost a worker between steps %d and %d (%%s); going on from step %d"
            .formatted(from + 1, end(from), from),
        why,
        backoff);
  }

  private void restart(String pattern, SegmentFailure failure, Backoff attempts) {
    String line =
        "%s, attempt %d of %d%s."
            .formatted(
                pattern.replace("%s", failure.getMessage()),
                attempts.attempt(),
                attempts.attempts(),
                attempts.pause().toSeconds() > 1
                    ? " in %d s".formatted(attempts.pause().toSeconds())
                    : "");
    LOG.warn(line);
    listener.onRestart(line);
  }

  private void requireGoingOn(Interruption stop) {
    if (stop.isRequested()) {
      throw new ClusterFailureException(
          "Cannot finish: the run was stopped after step %d. Go on with --resume auto."
              .formatted(committed.state().step()));
    }
  }

  private Path create(long step) throws IOException, SegmentFailure {
    try {
      return store.create(step);
    } catch (FileNotFoundException | AccessControlException e) {
      throw e;
    } catch (IOException | UncheckedIOException | FSError e) {
      throw PendingCheckpoint.unwritable(e);
    }
  }

  private List<Outcome.Finished> train(Segment segment, Committed from) throws SegmentFailure {
    running = SegmentRun.group(segment);
    LiveProgress live =
        new LiveProgress(segment, new MetricsLog(config, levels, from.state()), listener);
    PendingCheckpoint former = pending;
    return new SegmentRun(
            spark, tasks(live), live, Duration.ofSeconds(config.sync().timeoutSeconds()), listener)
        .run(segment, config.training().steps(), () -> former != null && former.isFailed());
  }

  private SegmentRun.Tasks tasks(LiveProgress live) {
    return config.sync().inRounds()
        ? new Rounds(spark, config, levels, live, listener, () -> isCancelled)
        : (segment, places) ->
            GangJob.run(spark, segment.workers(), Outcome.class, new RankTask(segment));
  }

  private long end(long from) {
    long every = config.checkpoint().everySteps();
    return Math.min(config.training().steps(), (from / every + 1) * every);
  }

  private Segment segment(Committed from, Path directory, int workers) {
    long step = from.state().step();
    return new Segment(
        runId,
        ++generation,
        Secret.random(),
        workers,
        Preflight.threads(spark.getConf(), workers),
        step,
        end(step),
        config.toYaml(),
        Storage.qualified(hadoop, data).toString(),
        from.directory() == null ? null : from.directory().toString(),
        pending == null ? null : pending.reached().hashes(),
        directory.toString(),
        new SerializableConfiguration(hadoop));
  }
}
