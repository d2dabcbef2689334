// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.io.Serializable;
import java.util.List;

/**
 * Which shard a document goes to. Documents stand in the order of their ids, and ids are hashes, so
 * cutting the range of ids into shards needs only the bytes per bucket of ids (the first 16 bits),
 * a sum that any partitioning gives. A shard is closed before the bucket that would make it too
 * large.
 */
public final class ShardPlan implements Serializable {
  private static final long serialVersionUID = 1L;

  public static final int NUM_BUCKETS = 1 << 16;

  private final List<String> splits;

  /** Per split and bucket, the number of the shard in its split. */
  private final int[][] ordinals;

  private final int[] numShards;

  /**
   * @param bytes per split and bucket, the bytes of its rows
   * @param shardBytes size at which a shard is closed
   */
  public ShardPlan(List<String> splits, long[][] bytes, long shardBytes) {
    this.splits = List.copyOf(splits);
    this.ordinals = new int[splits.size()][NUM_BUCKETS];
    this.numShards = new int[splits.size()];
    for (int split = 0; split < splits.size(); split++) {
      long size = 0;
      int ordinal = 0;
      for (int bucket = 0; bucket < NUM_BUCKETS; bucket++) {
        if (size > 0 && bytes[split][bucket] > shardBytes - size && bytes[split][bucket] > 0) {
          ordinal++;
          size = 0;
        }

        size += bytes[split][bucket];
        ordinals[split][bucket] = ordinal;
      }

      // Trailing empty buckets never open a shard, so the last ordinal is in use unless all is
      // empty.
      numShards[split] = size > 0 || ordinal > 0 ? ordinal + 1 : 0;
    }
  }

  /** The bucket of a document id. */
  public static int bucket(byte[] id) {
    return (id[0] & 0xFF) << 8 | (id[1] & 0xFF);
  }

  public int numShards() {
    int total = 0;
    for (int each : numShards) {
      total += each;
    }

    return total;
  }

  /** The shard's number over all splits. */
  public int shard(int split, int bucket) {
    return firstShard(split) + ordinals[split][bucket];
  }

  public String split(int shard) {
    return splits.get(splitOf(shard));
  }

  /** The shard's number in its split. */
  public int ordinal(int shard) {
    return shard - firstShard(splitOf(shard));
  }

  private int splitOf(int shard) {
    int split = 0;
    while (shard >= firstShard(split) + numShards[split]) {
      split++;
    }

    return split;
  }

  private int firstShard(int split) {
    int first = 0;
    for (int before = 0; before < split; before++) {
      first += numShards[before];
    }

    return first;
  }
}
