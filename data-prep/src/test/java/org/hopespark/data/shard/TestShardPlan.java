// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestShardPlan {
  private static final List<String> SPLITS = List.of("train", "validation");

  @Test
  void closesAShardBeforeItIsTooLarge() {
    long[][] bytes = new long[2][ShardPlan.NUM_BUCKETS];
    bytes[0][3] = 60;
    bytes[0][4] = 40;
    bytes[0][9] = 1;
    bytes[0][10] = 500;
    bytes[0][11] = 1;
    bytes[1][0] = 7;
    ShardPlan plan = new ShardPlan(SPLITS, bytes, 100);
    assertThat(plan.numShards()).isEqualTo(5);
    assertThat(
            new int[] {
              plan.shard(0, 3),
              plan.shard(0, 4),
              plan.shard(0, 9),
              plan.shard(0, 10),
              plan.shard(0, 11),
              plan.shard(1, 0)
            })
        .containsExactly(0, 0, 1, 2, 3, 4);
    assertThat(plan.split(4)).isEqualTo("validation");
    assertThat(plan.ordinal(4)).isZero();
    assertThat(plan.ordinal(3)).isEqualTo(3);
  }

  @Test
  void usesEveryShardAndKeepsTheOrderOfIds() {
    long seed = 12;
    Random random = new Random(seed);
    long[][] bytes = new long[2][ShardPlan.NUM_BUCKETS];
    for (int i = 0; i < 3000; i++) {
      bytes[i % 2][random.nextInt(ShardPlan.NUM_BUCKETS)] += random.nextInt(1000);
    }

    ShardPlan plan = new ShardPlan(SPLITS, bytes, 20_000);
    long[] sizes = new long[plan.numShards()];
    int last = 0;
    for (int split = 0; split < 2; split++) {
      for (int bucket = 0; bucket < ShardPlan.NUM_BUCKETS; bucket++) {
        if (bytes[split][bucket] > 0) {
          int shard = plan.shard(split, bucket);
          assertThat(shard).isBetween(last, last + 1);
          assertThat(plan.split(shard)).isEqualTo(SPLITS.get(split));
          sizes[shard] += bytes[split][bucket];
          last = shard;
        }
      }
    }

    assertThat(sizes).as("seed %d", seed).doesNotContain(0L);
    for (long size : sizes) {
      assertThat(size).isLessThanOrEqualTo(20_000);
    }
  }

  @Test
  void hasNoShardForAnEmptySplit() {
    long[][] bytes = new long[2][ShardPlan.NUM_BUCKETS];
    bytes[1][5] = 1;
    ShardPlan plan = new ShardPlan(SPLITS, bytes, 100);
    assertThat(plan.numShards()).isEqualTo(1);
    assertThat(plan.split(plan.shard(1, 5))).isEqualTo("validation");
  }

  @Test
  void takesTheBucketFromTheFirstTwoBytesOfTheId() {
    byte[] id = new byte[16];
    id[0] = (byte) 0xFF;
    id[1] = (byte) 0x81;
    assertThat(ShardPlan.bucket(id)).isEqualTo(0xFF81);
  }
}
