// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import org.hopespark.data.SampleOrder;
import org.hopespark.data.TokenDataset;
import org.hopespark.model.config.RunConfig;

/**
 * Which tokens a virtual shard sees in a step: a pure function of seed, step and shard, so no
 * worker keeps a position of its own.
 */
final class SampleWindows {
  static final String SPLIT = "train";

  private final TokenDataset dataset;
  private final SampleOrder order;
  private final int length;
  private final int rows;
  private final int virtualShards;

  SampleWindows(RunConfig config, TokenDataset dataset) {
    this.dataset = dataset;
    this.length = config.training().sequenceLength();
    this.rows = config.training().batchSize();
    this.virtualShards = config.training().virtualShards();
    this.order = new SampleOrder(config.seed(), dataset.windows(SPLIT, length));
  }

  /** Position in the endless order of samples; step counts from 1. */
  static long position(long step, int shard, int row, int virtualShards, int rows) {
    return ((step - 1) * virtualShards + shard) * rows + row;
  }

  /** Returns room for the windows of as many shards, rows x (length + 1) each. */
  int[][] arrays(int numShards) {
    return new int[numShards][rows * (length + 1)];
  }

  /** Fills {@code ids}, one array a shard, for {@code firstShard} and those that follow it. */
  void read(long step, int firstShard, int[][] ids) {
    for (int shard = 0; shard < ids.length; shard++) {
      read(step, firstShard + shard, ids[shard]);
    }
  }

  private void read(long step, int shard, int[] ids) {
    for (int row = 0; row < rows; row++) {
      long sample = order.sample(position(step, shard, row, virtualShards, rows));
      dataset.window(SPLIT, sample, length, ids, row * (length + 1));
    }
  }
}
