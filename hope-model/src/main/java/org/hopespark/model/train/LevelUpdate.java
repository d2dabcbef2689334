// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.util.List;
import org.hopespark.model.level.Level;
import org.hopespark.model.optimizer.AdamW;
import org.hopespark.model.optimizer.GradientNorm;
import org.hopespark.model.tensor.Slab;

/**
 * The passes over a level's range at its boundary, block by block on all threads. Blocks are cut by
 * the level alone and partial norms are added in their order, so the number of threads changes no
 * bit.
 */
final class LevelUpdate {
  private static final int BLOCK = 32_768;
  private static final int TILE = 4096;

  private final ShardThreads threads;
  private final AdamW optimizer;
  private final AdamW.Tiles[] tiles;
  private final float[][] left;
  private final float[][] right;
  private final double[] squares;

  LevelUpdate(ShardThreads threads, AdamW optimizer, List<Level> levels) {
    this.threads = threads;
    this.optimizer = optimizer;
    tiles = new AdamW.Tiles[threads.size()];
    left = new float[threads.size()][TILE];
    right = new float[threads.size()][TILE];
    for (int thread = 0; thread < tiles.length; thread++) {
      tiles[thread] = new AdamW.Tiles();
    }
    squares = new double[levels.stream().mapToInt(LevelUpdate::blocks).max().orElse(0)];
  }

  private static int blocks(Level level) {
    return Math.toIntExact((level.length() + BLOCK - 1) / BLOCK);
  }

  private static long end(Level level, int block) {
    return level.offset() + Math.min(level.length(), (block + 1L) * BLOCK);
  }

  /** Adds up the shards, (0 + 1) + (2 + 3) and so on, into the first. */
  void sumShards(Level level, List<Slab> shards) throws InterruptedException {
    if (shards.size() == 1) {
      return;
    }
    threads.forEach(
        blocks(level),
        (thread, block) -> {
          long from = level.offset() + (long) block * BLOCK;
          for (long at = from; at < end(level, block); at += TILE) {
            int n = (int) Math.min(TILE, end(level, block) - at);
            for (int distance = 1; distance < shards.size(); distance *= 2) {
              for (int shard = 0; shard + distance < shards.size(); shard += 2 * distance) {
                add(shards.get(shard), shards.get(shard + distance), at, n, thread);
              }
            }
          }
        });
  }

  private void add(Slab sum, Slab other, long at, int n, int thread) {
    float[] a = left[thread];
    float[] b = right[thread];
    sum.read(at, a, 0, n);
    other.read(at, b, 0, n);
    for (int i = 0; i < n; i++) {
      a[i] += b[i];
    }
    sum.write(at, a, 0, n);
  }

  /** Euclidean norm of the level's range. */
  double norm(Level level, Slab gradients) throws InterruptedException {
    int blocks = blocks(level);
    threads.forEach(
        blocks,
        (thread, block) ->
            squares[block] =
                GradientNorm.squares(
                    gradients,
                    level.offset() + (long) block * BLOCK,
                    end(level, block),
                    left[thread]));
    double sum = 0;
    for (int block = 0; block < blocks; block++) {
      sum += squares[block];
    }
    return Math.sqrt(sum);
  }

  /** Updates the level's parameters and clears its accumulators. */
  void step(Level level, AdamW.Coefficients by, List<Slab> shards) throws InterruptedException {
    threads.forEach(
        blocks(level),
        (thread, block) -> {
          long from = level.offset() + (long) block * BLOCK;
          long to = end(level, block);
          optimizer.step(by, shards.get(0), from, to, tiles[thread]);
          for (Slab shard : shards) {
            shard.clear(from, to - from);
          }
        });
  }
}
