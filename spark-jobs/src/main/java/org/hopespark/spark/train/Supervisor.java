// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
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
import org.hopespark.spark.session.Master;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes from commit to commit, and repeats what fails between two of them. */
final class Supervisor {
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
  private int generation;
  private volatile String running = "";

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
    Committed committed = start;
    try (Interruption stop = Interruption.watch(this::cancel)) {
      Capacity capacity =
          new Capacity(config, () -> slots(start.state().step()), listener::onNotice, stop);
      if (committed.state().step() < config.training().steps()) {
        probe(capacity, stop);
      }
      while (committed.state().step() < config.training().steps()) {
        committed = advance(committed, capacity, stop);
      }
    }
    return committed;
  }

  private void cancel() {
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

  /** Threads of this process reach each other. */
  private void probe(Capacity capacity, Interruption stop) throws InterruptedException {
    if (Master.parse(spark.getConf().get("spark.master")).kind() == Master.Kind.THREADS) {
      return;
    }
    Backoff backoff = new Backoff(config.sync().attempts());
    running = Probe.group(runId);
    while (true) {
      stop.millis(backoff.pause().toMillis());
      requireGoingOn(stop, 0);
      try {
        listener.onNotice(Probe.run(spark, runId, capacity.await(), config));
        return;
      } catch (SegmentFailure e) {
        backoff.fail();
        if (backoff.isExhausted()) {
          throw new ClusterFailureException(
              "Cannot start %d workers: %d attempts failed, the last one with %s. Look after the cluster, then run again with --resume auto."
                  .formatted(config.sync().workers(), backoff.attempts(), e.getMessage()),
              e);
        }
        restart("Lost a worker before the first step (%s); trying again", e, backoff);
      }
    }
  }

  private Committed advance(Committed committed, Capacity capacity, Interruption stop)
      throws IOException, InterruptedException {
    long from = committed.state().step();
    Backoff backoff = new Backoff(config.sync().attempts());
    String notFinite = null;
    while (true) {
      stop.millis(backoff.pause().toMillis());
      requireGoingOn(stop, from);
      Path directory = null;
      try {
        int workers = capacity.await();
        directory = create(end(from));
        return attempt(committed, segment(committed, directory, workers));
      } catch (SegmentFailure e) {
        if (stop.isRequested()) {
          store.discard(directory);
        }
        requireGoingOn(stop, from);
        // Arithmetic that fails twice in the same way is the run's own.
        Outcome.Failed own = e.why().failed();
        if (own != null && own.kind() == Outcome.Kind.NOT_FINITE) {
          if (own.message().equals(notFinite)) {
            throw new InvalidConfigException(own.message());
          }
          notFinite = own.message();
        }
        backoff.fail();
        e.why().echoes().forEach(line -> listener.onNotice("in consequence: " + line));
        if (backoff.isExhausted()) {
          throw new ClusterFailureException(
              "Cannot finish steps %d to %d: %d attempts failed, the last one with %s. Look after the cluster, then run again with --resume auto."
                  .formatted(from + 1, end(from), backoff.attempts(), e.getMessage()),
              e);
        }
        restart(
            "Lost a worker between steps %d and %d (%%s); going on from step %d"
                .formatted(from + 1, end(from), from),
            e,
            backoff);
      }
    }
  }

  private void restart(String pattern, SegmentFailure failure, Backoff backoff) {
    String line =
        "%s, attempt %d of %d%s."
            .formatted(
                pattern.replace("%s", failure.getMessage()),
                backoff.attempt(),
                backoff.attempts(),
                backoff.pause().toSeconds() > 1
                    ? " in %d s".formatted(backoff.pause().toSeconds())
                    : "");
    LOG.warn(line);
    listener.onRestart(line);
  }

  private void requireGoingOn(Interruption stop, long from) {
    if (stop.isRequested()) {
      throw new ClusterFailureException(
          "Cannot finish: the run was stopped after step %d. Go on with --resume auto."
              .formatted(from));
    }
  }

  private Path create(long step) throws IOException, SegmentFailure {
    try {
      return store.create(step);
    } catch (FileNotFoundException | AccessControlException e) {
      throw e;
    } catch (IOException | UncheckedIOException | FSError e) {
      throw unwritable(e);
    }
  }

  private Committed attempt(Committed committed, Segment segment)
      throws IOException, SegmentFailure {
    running = SegmentRun.group(segment);
    LiveProgress live =
        new LiveProgress(segment, new MetricsLog(config, levels, committed.state()), listener);
    List<Outcome.Finished> finished =
        new SegmentRun(spark, live, Duration.ofSeconds(config.sync().timeoutSeconds()), listener)
            .run(segment, config.training().steps());
    try {
      return commit.commit(committed, new Path(segment.save()), finished);
    } catch (FileNotFoundException | AccessControlException e) {
      throw e;
    } catch (IOException | UncheckedIOException | FSError e) {
      throw unwritable(e);
    }
  }

  private static SegmentFailure unwritable(Throwable cause) {
    Throwable innermost = cause;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return new SegmentFailure(
        "the driver cannot write the checkpoint: "
            + String.valueOf(innermost.getMessage()).lines().findFirst().orElse(""),
        cause);
  }

  private long end(long from) {
    long every = config.checkpoint().everySteps();
    return Math.min(config.training().steps(), (from / every + 1) * every);
  }

  private Segment segment(Committed committed, Path directory, int workers) {
    long from = committed.state().step();
    return new Segment(
        runId,
        ++generation,
        Secret.random(),
        workers,
        Preflight.threads(spark.getConf(), workers),
        from,
        end(from),
        config.toYaml(),
        Storage.qualified(hadoop, data).toString(),
        committed.directory() == null ? null : committed.directory().toString(),
        directory.toString(),
        new SerializableConfiguration(hadoop));
  }
}
