// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.hopespark.data.TokenDataset;
import org.hopespark.model.config.RunConfig;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.session.Master;

/** Set-ups that would fail or hang later, told before the first step with the way out. */
final class Preflight {
  private Preflight() {}

  static void checkCluster(SparkConf conf, int workers) {
    refuse(
        conf,
        "spark.dynamicAllocation.enabled",
        "workers of a segment start together and stay. Set it to false and spark.executor.instances to "
            + workers);
    refuse(
        conf,
        "spark.speculation",
        "a second copy of a worker would wait for peers that it does not have. Set it to false");
    Master master = Master.parse(conf.get("spark.master"));
    OptionalInt slots = master.slots(taskCores(conf));
    if (slots.isPresent() && slots.getAsInt() < workers) {
      throw new InvalidUsageException(
          "Invalid sync.workers [%d]: master %s runs %d %s of %d %s at once. Set sync.workers to %d, or give %s."
              .formatted(
                  workers,
                  conf.get("spark.master"),
                  slots.getAsInt(),
                  slots.getAsInt() == 1 ? "task" : "tasks",
                  taskCores(conf),
                  taskCores(conf) == 1 ? "core" : "cores",
                  Math.max(1, Integer.highestOneBit(slots.getAsInt())),
                  larger(master, workers, taskCores(conf))));
    }
  }

  private static void refuse(SparkConf conf, String key, String why) {
    if (conf.getBoolean(key, false)) {
      throw new InvalidUsageException("Invalid %s [true]: %s.".formatted(key, why));
    }
  }

  private static String larger(Master master, int workers, int cores) {
    return master.kind() == Master.Kind.PROCESSES
        ? "--master 'local-cluster[%d,%d,%d]'".formatted(workers, cores, master.memoryMegabytes())
        : "--master 'local[%d]'".formatted(workers * cores);
  }

  /** Java threads of one worker: its executor's share of cores. */
  static int threads(SparkConf conf, int workers) {
    Master master = Master.parse(conf.get("spark.master"));
    return master.kind() == Master.Kind.THREADS
        ? Math.max(1, master.cores() / workers)
        : taskCores(conf);
  }

  private static int taskCores(SparkConf conf) {
    return conf.getInt("spark.task.cpus", 1);
  }

  static void checkData(RunConfig config, TokenDataset dataset, String dir) {
    int vocabulary = config.model().vocabularySize();
    if (dataset.vocabularySize() != vocabulary) {
      throw new InvalidUsageException(
          "Invalid model.vocab-size [%d]: the tokens of [%s] come from a vocabulary of %d. Set model.vocab-size to %d."
              .formatted(vocabulary, dir, dataset.vocabularySize(), dataset.vocabularySize()));
    }
    int length = config.training().sequenceLength();
    if (dataset.windows(SampleWindows.SPLIT, length) < 1) {
      throw new InvalidUsageException(
          "Invalid training.sequence-length [%d]: no shard of [%s] holds the %d tokens of one window; the split has %d tokens. Shorten the sequence or give more text."
              .formatted(length, dir, length + 1, dataset.tokens(SampleWindows.SPLIT)));
    }
  }
}
