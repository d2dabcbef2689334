// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hopespark.model.level.Level;
import org.hopespark.model.optimizer.Coefficients;
import org.hopespark.model.optimizer.GradientNorm;
import org.hopespark.model.optimizer.LevelDivision;
import org.hopespark.model.optimizer.MatrixShape;
import org.hopespark.model.optimizer.Scratch;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.train.OptimizerState.Piece;

/**
 * The passes over a level's range at its boundary, block by block on all threads. Blocks are cut by
 * the level alone and partial norms are added in their order, so neither the number of threads nor
 * the slice that is owned changes a bit.
 */
final class LevelUpdate implements AutoCloseable {
  private static final int BLOCK = 32_768;
  private static final int TILE = 4096;

  private final ShardThreads threads;
  // Level by level: bounds of the owned norm blocks, counted from the first parameter, and room for
  // one sum each.
  private final List<long[]> bounds = new ArrayList<>();
  private final List<double[]> squares = new ArrayList<>();
  private final List<Scratch> scratch = new ArrayList<>();
  private final Optional<Slab> matrices;
  private final float[][] left;
  private final float[][] right;

  LevelUpdate(ShardThreads threads, List<LevelDivision> divisions, Ownership owner) {
    this.threads = threads;
    for (LevelDivision division : divisions) {
      long[] owned = bounds(division, owner);
      bounds.add(owned);
      squares.add(new double[owned.length - 1]);
    }
    Set<MatrixShape> shapes = shapes(divisions);
    long each = Scratch.elements(shapes);
    matrices =
        each == 0
            ? Optional.empty()
            : Optional.of(Slab.allocate("optimizer scratch", each * threads.size()));
    for (int thread = 0; thread < threads.size(); thread++) {
      scratch.add(new Scratch(shapes, matrices.orElse(null), each * thread));
    }
    left = new float[threads.size()][TILE];
    right = new float[threads.size()][TILE];
  }

  private static long[] bounds(LevelDivision division, Ownership owner) {
    long from = owner.start(division);
    long to = owner.end(division);
    return division
        .blocks()
        .filter(bound -> bound >= from && bound <= to)
        .map(bound -> bound + division.level().offset())
        .toArray();
  }

  private static Set<MatrixShape> shapes(List<LevelDivision> divisions) {
    return divisions.stream()
        .flatMap(division -> division.segments().stream())
        .flatMap(segment -> segment.matrix().stream())
        .collect(Collectors.toSet());
  }

  /** Elements of native memory that one thread needs for matrices that are stepped as a whole. */
  static long scratchElements(List<LevelDivision> divisions) {
    return Scratch.elements(shapes(divisions));
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
          sum(shards, from, end(level, block), thread);
        });
  }

  /** The same of some elements, counted from the first parameter; for one caller at a time. */
  void sum(List<Slab> shards, long from, long to) {
    sum(shards, from, to, 0);
  }

  private void sum(List<Slab> shards, long from, long to, int thread) {
    for (long at = from; at < to; at += TILE) {
      int n = (int) Math.min(TILE, to - at);
      for (int distance = 1; distance < shards.size(); distance *= 2) {
        for (int shard = 0; shard + distance < shards.size(); shard += 2 * distance) {
          add(shards.get(shard), shards.get(shard + distance), at, n, thread);
        }
      }
    }
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

  /** Sums of squares of the owned norm blocks, in order; good until the level's next. */
  double[] squares(Level level, Slab gradients) throws InterruptedException {
    long[] blocks = bounds.get(level.index());
    double[] sums = squares.get(level.index());
    threads.forEach(
        sums.length,
        (thread, block) ->
            sums[block] =
                GradientNorm.squares(gradients, blocks[block], blocks[block + 1], left[thread]));
    return sums;
  }

  /** Updates what is owned of the level's parameters. */
  void step(List<Piece> pieces, Coefficients by, Slab gradients) throws InterruptedException {
    threads.forEach(
        pieces.size(),
        (thread, number) -> {
          Piece piece = pieces.get(number);
          piece.rule().step(by, gradients, piece.from(), piece.to(), scratch.get(thread));
        });
  }

  /** Clears the level's accumulators. */
  void clear(Level level, List<Slab> shards) throws InterruptedException {
    threads.forEach(
        blocks(level),
        (thread, block) -> {
          long from = level.offset() + (long) block * BLOCK;
          for (Slab shard : shards) {
            shard.clear(from, end(level, block) - from);
          }
        });
  }

  @Override
  public void close() {
    matrices.ifPresent(Slab::close);
  }
}
