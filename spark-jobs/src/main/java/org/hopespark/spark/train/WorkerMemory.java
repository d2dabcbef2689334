// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.apache.spark.SparkConf;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.train.MemoryPlan;
import org.hopespark.model.train.ProcessMemory;
import org.hopespark.spark.session.Master;

/** The memory that the workers of a run take, known before a session is opened. */
public final class WorkerMemory {
  private WorkerMemory() {}

  /**
   * Plans one worker. Workers that are threads of this process are held against what it may use,
   * executors against what their settings give them beside the heap.
   *
   * @param conf settings of the session that the run gets
   * @throws org.hopespark.model.InvalidConfigException if it cannot fit, naming the key to lower
   * @throws org.hopespark.spark.InvalidUsageException if executors are given too little
   */
  public static MemoryPlan plan(RunConfig config, SparkConf conf) {
    int workers = config.sync().workers();
    MemoryPlan plan = plan(config, conf, workers);
    if (Master.parse(conf.get("spark.master")).kind() == Master.Kind.THREADS) {
      plan.requireFits(workers, ProcessMemory.limitBesideHeap());
    }
    // The fewer there are, the more virtual shards each has.
    int fewest = config.sync().fewestWorkers();
    ExecutorMemory.check(
        conf,
        (fewest == workers ? plan : plan(config, conf, fewest)).nativeBytes()
            + (workers == 1 ? 0 : exchangeBytes(config)));
    return plan;
  }

  private static MemoryPlan plan(RunConfig config, SparkConf conf, int workers) {
    return MemoryPlan.of(
        config, config.training().virtualShards() / workers, Preflight.threads(conf, workers));
  }

  /** What peers send of one level waits to be summed. */
  private static long exchangeBytes(RunConfig config) {
    return new ParameterLayout(config.model())
            .levels().stream().mapToLong(Level::length).max().orElse(0)
        * Float.BYTES;
  }
}
