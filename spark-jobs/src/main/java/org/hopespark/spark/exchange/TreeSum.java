// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.FloatBuffer;

/**
 * Sums contributions in the canonical tree over ranks: (0+1), (2+3), ..., then pairs of pairs. With
 * ranks holding blocks of virtual shards that were summed by the same rule, the result does not
 * depend on the number of ranks. Blocks pass through arrays that stay in the first-level cache.
 */
final class TreeSum {
  private static final int BLOCK = 1024;

  private final float[][] blocks;

  TreeSum(int size) {
    blocks = new float[size][BLOCK];
  }

  /**
   * Overwrites {@code total[0..n)} with the sum of {@code contributions[r][0..n)} over ranks r;
   * {@code total} may be one of them.
   */
  void sum(FloatBuffer[] contributions, FloatBuffer total, int n) {
    for (int at = 0; at < n; at += BLOCK) {
      int length = Math.min(BLOCK, n - at);
      for (int r = 0; r < blocks.length; r++) {
        contributions[r].get(at, blocks[r], 0, length);
      }
      for (int stride = 1; stride < blocks.length; stride *= 2) {
        for (int r = 0; r < blocks.length; r += 2 * stride) {
          add(blocks[r], blocks[r + stride], length);
        }
      }
      total.put(at, blocks[0], 0, length);
    }
  }

  private static void add(float[] left, float[] right, int length) {
    for (int i = 0; i < length; i++) {
      left[i] += right[i];
    }
  }
}
