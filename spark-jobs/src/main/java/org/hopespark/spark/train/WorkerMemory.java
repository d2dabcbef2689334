// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.apache.spark.SparkConf;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.train.MemoryPlan;
import org.hopespark.model.train.ProcessMemory;
import org.hopespark.spark.session.Master;

/** The memory that the workers of a run take, known before a session is opened. */
public final class WorkerMemory {
  private WorkerMemory() {}

  /**
   * Plans one worker. Workers that are threads of this process are held against what it may use;
   * others check that themselves, where they run.
   *
   * @param conf settings of the session that the run gets
   * @throws org.hopespark.model.InvalidConfigException if it cannot fit, naming the key to lower
   */
  public static MemoryPlan plan(RunConfig config, SparkConf conf) {
    int workers = config.sync().workers();
    int numShards = config.training().virtualShards() / workers;
    MemoryPlan plan = MemoryPlan.of(config, numShards, Preflight.threads(conf, workers));
    if (Master.parse(conf.get("spark.master")).kind() == Master.Kind.THREADS) {
      plan.requireFits(workers, ProcessMemory.limitBesideHeap());
    }
    return plan;
  }
}
