// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.TokenDataset;
import org.hopespark.data.store.Storage;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.spark.ClusterFailureException;
import org.hopespark.spark.InvalidUsageException;

/**
 * Trains a model on the workers of a Spark session, and leaves its checkpoints and {@code
 * metrics.jsonl} in the output directory. The parameters after any step depend on configuration and
 * data alone: not on where the run was interrupted or on the master, and where all levels are
 * averaged exactly not on the number of workers.
 */
public final class TrainModel {
  private final SparkSession spark;
  private RunConfig config;
  private String data;
  private String output;
  private Resume resume = Resume.NEVER;
  private ProgressListener listener = progress -> {};

  public TrainModel(SparkSession spark) {
    this.spark = spark;
  }

  public TrainModel config(RunConfig runConfig) {
    this.config = runConfig;
    return this;
  }

  /** Directory of a finished data set. */
  public TrainModel data(String dir) {
    this.data = dir;
    return this;
  }

  /** Directory of the run. */
  public TrainModel output(String dir) {
    this.output = dir;
    return this;
  }

  /** What to do with an output directory that exists; {@link Resume#NEVER} by default. */
  public TrainModel resume(Resume rule) {
    this.resume = rule;
    return this;
  }

  /** Who hears of the run while it goes on. */
  public TrainModel progress(ProgressListener progressListener) {
    this.listener = progressListener;
    return this;
  }

  /**
   * Runs all steps that are not done yet.
   *
   * @throws InvalidUsageException for a set-up that cannot work: output in use, too few slots, data
   *     of another vocabulary or shorter than one window, another data set than before
   * @throws org.hopespark.model.InvalidConfigException if memory does not suffice, the output
   *     belongs to another configuration, or the run has diverged
   * @throws org.hopespark.data.InvalidInputException if {@code data} is no finished data set
   * @throws org.hopespark.data.CorruptDataException naming a shard that was altered
   * @throws org.hopespark.model.CorruptCheckpointException naming a checkpoint file that was
   *     altered
   * @throws org.hopespark.spark.ClusterFailureException if a segment failed again and again, or
   *     replicas differ
   */
  public TrainResult execute() {
    if (config == null || data == null || output == null) {
      throw new InvalidUsageException(
          "Missing setting of a training run: config, data and output are needed. Give all three.");
    }
    Configuration hadoop = spark.sessionState().newHadoopConf();
    UUID runId = UUID.randomUUID();
    try {
      Path directory = Storage.qualified(hadoop, output);
      if (resume == Resume.NEVER) {
        requireUnused(hadoop, directory);
      }
      Preflight.checkCluster(spark.sparkContext().getConf(), config.sync());
      WorkerMemory.plan(config, spark.sparkContext().getConf());
      TokenDataset dataset = OpenDatasets.of(runId, hadoop, data);
      Preflight.checkData(config, dataset, data);
      return train(hadoop, directory, dataset, runId);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterFailureException(
          "Cannot finish: the run was interrupted. Go on with --resume auto.", e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot train into [%s]: %s".formatted(output, e.getMessage()), e);
    } finally {
      Survivors.release(runId);
      RoundWorkers.release(runId);
      OpenDatasets.release(runId);
    }
  }

  private void requireUnused(Configuration hadoop, Path directory) throws IOException {
    try {
      if (Storage.fileSystem(hadoop, directory).listStatus(directory).length > 0) {
        throw new InvalidUsageException(
            "Cannot write to [%s]: it exists and is not empty. Continue it with --resume auto, or name another --output."
                .formatted(output));
      }
    } catch (FileNotFoundException e) {
      // As it should be.
    }
  }

  private TrainResult train(Configuration hadoop, Path directory, TokenDataset dataset, UUID runId)
      throws IOException, InterruptedException {
    ParameterLayout layout = new ParameterLayout(config.model());
    List<Level> levels = layout.levels();
    CheckpointStore store = new CheckpointStore(hadoop, directory);
    CheckpointCommit commit =
        new CheckpointCommit(hadoop, directory, config, levels, dataset, store);
    Optional<Path> latest = store.latest();
    Committed start;
    if (latest.isPresent()) {
      start = Committed.resume(hadoop, latest.get(), config, dataset.datasetId(), data);
      commit.publish(start);
    } else {
      start = new Committed(null, TrainerState.start(config.training().steps(), levels), List.of());
    }
    Supervisor supervisor =
        new Supervisor(
            JavaSparkContext.fromSparkContext(spark.sparkContext()),
            hadoop,
            config,
            levels,
            runId,
            data,
            store,
            commit,
            listener);
    return result(supervisor.run(start), layout.size());
  }

  private static TrainResult result(Committed end, long parameters) {
    TrainerState state = end.state();
    return new TrainResult(
        state.step(),
        state.tokens(),
        state.trainSeconds(),
        state.trainLoss(),
        parameters,
        state.levels(),
        state.replicaHashesAgree(),
        state.peakRssBytes(),
        Storage.display(end.directory()),
        state.parametersDigest(),
        state.workers());
  }
}
