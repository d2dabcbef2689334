// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.hopespark.data.store.Storage;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.exchange.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes from commit to commit, and repeats what fails between two of them. */
final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** Attempts at the same segment before the run is given up. */
  static final int MAX_ATTEMPTS = 4;

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
  Committed run(Committed start) throws IOException {
    Committed committed = start;
    while (committed.state().step() < config.training().steps()) {
      committed = advance(committed);
    }
    return committed;
  }

  private Committed advance(Committed committed) throws IOException {
    long from = committed.state().step();
    for (int attempt = 1; ; attempt++) {
      Path directory = store.create(end(from));
      Segment segment = segment(committed, directory);
      try {
        LiveProgress live =
            new LiveProgress(segment, new MetricsLog(config, levels, committed.state()), listener);
        List<Outcome.Finished> finished =
            new SegmentRun(spark, live, Duration.ofSeconds(config.sync().timeoutSeconds()))
                .run(segment, config.training().steps());
        return commit.commit(committed, directory, finished);
      } catch (SegmentFailure e) {
        if (attempt == MAX_ATTEMPTS) {
          throw new ClusterFailureException(
              "Cannot finish steps %d to %d: %d attempts failed, the last one with %s. Look after the cluster, then run again with --resume auto."
                  .formatted(
                      from + 1, segment.to(), attempt, SegmentRun.withoutFullStop(e.getMessage())),
              e);
        }
        String line =
            "Lost a worker between steps %d and %d (%s); going on from step %d, attempt %d of %d."
                .formatted(
                    from + 1,
                    segment.to(),
                    SegmentRun.withoutFullStop(e.getMessage()),
                    from,
                    attempt + 1,
                    MAX_ATTEMPTS);
        LOG.warn(line);
        listener.onRestart(line);
      }
    }
  }

  private long end(long from) {
    long every = config.checkpoint().everySteps();
    return Math.min(config.training().steps(), (from / every + 1) * every);
  }

  private Segment segment(Committed committed, Path directory) {
    int workers = config.sync().workers();
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
