// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.hopespark.data.TokenDataset;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.config.SyncConfig;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.session.Master;

/** Set-ups that would fail or hang later, told before the first step with the way out. */
final class Preflight {
  private static final List<String> THREAD_SETTINGS =
      List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "SD_MAX_THREADS", "SD_MASTER_THREADS");

  /** Longest wait at a barrier that somebody could take for a wait, in seconds. */
  private static final long LONGEST_BARRIER = 24 * 3600;

  private Preflight() {}

  static void checkCluster(SparkConf conf, SyncConfig sync) {
    int workers = sync.workers();
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
    if (master.kind() != Master.Kind.THREADS) {
      checkExecutors(conf, master, sync);
    }
    OptionalInt slots = master.slots(taskCores(conf));
    if (slots.isPresent() && slots.getAsInt() < sync.fewestWorkers()) {
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

  private static void checkExecutors(SparkConf conf, Master master, SyncConfig sync) {
    int workers = sync.workers();
    int cores =
        master.kind() == Master.Kind.PROCESSES
            ? master.cores()
            : conf.getInt("spark.executor.cores", 1);
    if (workers > 1 && cores / taskCores(conf) > 1) {
      throw new InvalidUsageException(
          "Invalid spark.task.cpus [%d]: an executor of %d cores would hold %d workers, and one that dies would take all of them along. Set it to %d."
              .formatted(taskCores(conf), cores, cores / taskCores(conf), cores));
    }
    for (String name : THREAD_SETTINGS) {
      String key = "spark.executorEnv." + name;
      if (!conf.get(key, "1").equals("1")) {
        throw new InvalidUsageException(
            "Invalid %s [%s]: the trainer's threads are outside of products, one per core. Set it to 1."
                .formatted(key, conf.get(key)));
      }
    }
    long barrier = conf.getTimeAsSeconds("spark.barrier.sync.timeout", "365d");
    if (workers > 1 && !sync.inRounds() && barrier > LONGEST_BARRIER) {
      throw new InvalidUsageException(
          "Invalid spark.barrier.sync.timeout [%d s]: where one worker cannot start, the others would wait that long. Set it to 300."
              .formatted(barrier));
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
