// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.apache.spark.SparkConf;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Slices;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.train.MemoryPlan;
import org.hopespark.model.train.ProcessMemory;
import org.hopespark.spark.exchange.Volume;
import org.hopespark.spark.exchange.Wire;
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
            + (workers == 1 || config.sync().inRounds() ? 0 : exchangeBytes(config, workers)));
    if (config.sync().inRounds()) {
      ExecutorMemory.checkHeap(conf, roundBytes(config, workers));
    }
    return plan;
  }

  /** At the last step all levels are due: what comes for a rank waits on the heap. */
  private static long roundBytes(RunConfig config, int workers) {
    long parameters = new ParameterLayout(config.model()).size();
    return parameters / workers * (workers - 1) * Float.BYTES;
  }

  private static MemoryPlan plan(RunConfig config, SparkConf conf, int workers) {
    return plan(config, workers, Preflight.threads(conf, workers));
  }

  /** Plans one of {@code workers}, held against nothing. */
  public static MemoryPlan plan(RunConfig config, int workers, int threads) {
    int numShards = config.training().virtualShards() / workers;
    return MemoryPlan.of(config, numShards, threads, Gang.ownership(config, 0, workers));
  }

  /**
   * Native memory in which the frames of a rank's slices wait, from every peer, and in which its
   * own slices are rounded before they are sent, where they are.
   */
  public static long exchangeBytes(RunConfig config, int workers) {
    long parameters = new ParameterLayout(config.model()).size();
    Wire wire = Gang.wire(config);
    return Volume.perWindow(Slices.even(parameters, workers), wire, config.sync().lanes())
        + Volume.rounded(Slices.even(Math.min(parameters, Gang.LONGEST), workers), wire);
  }
}
