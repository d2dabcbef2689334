// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;

/**
 * What the forward pass of one head over one sequence leaves for its backward pass: queries, keys
 * and values of length one, the lengths they had, rates and retentions, and every memory's state at
 * the start of each of its chunks.
 */
final class HeadCache {
  private final HeadShape shape;
  private Slab slab;
  private long at;

  HeadCache(HeadShape shape) {
    this.shape = shape;
  }

  /** Elements for one head and one sequence. */
  static long size(HeadShape shape) {
    return 3L * shape.tokens() * shape.width() + 5L * shape.tokens() + statesSize(shape);
  }

  /** Those of them that hold states of the memories. */
  static long statesSize(HeadShape shape) {
    return shape.stateSize()
        * (shape.chunks() + (long) shape.projections() * shape.projectionChunks());
  }

  HeadCache moveTo(Slab slab, long at) {
    this.slab = slab;
    this.at = at;
    return this;
  }

  Matrix queries(Matrix window, int from, int n) {
    return rows(window, 0, from, n);
  }

  Matrix keys(Matrix window, int from, int n) {
    return rows(window, 1, from, n);
  }

  Matrix values(Matrix window, int from, int n) {
    return rows(window, 2, from, n);
  }

  void storeScalars(float[][] scalars) {
    for (int i = 0; i < scalars.length; i++) {
      slab.write(scalarsAt() + (long) i * shape.tokens(), scalars[i], 0, shape.tokens());
    }
  }

  void loadScalars(float[][] scalars) {
    for (int i = 0; i < scalars.length; i++) {
      slab.read(scalarsAt() + (long) i * shape.tokens(), scalars[i], 0, shape.tokens());
    }
  }

  /** State of M_memory at the start of its chunk {@code c}. */
  ChunkState memory(ChunkState window, int c) {
    return window.moveTo(slab, statesAt() + c * shape.stateSize());
  }

  /**
   * State of projection memory {@code index} (k, v, eta, alpha, q) at the start of chunk {@code c}.
   */
  ChunkState projection(ChunkState window, int index, int c) {
    long number = shape.chunks() + (long) shape.projections() * c + index;
    return window.moveTo(slab, statesAt() + number * shape.stateSize());
  }

  private Matrix rows(Matrix window, int kind, int from, int n) {
    long offset = at + ((long) kind * shape.tokens() + from) * shape.width();
    return window.moveTo(slab, offset).limit(n);
  }

  private long scalarsAt() {
    return at + 3L * shape.tokens() * shape.width();
  }

  private long statesAt() {
    return scalarsAt() + 5L * shape.tokens();
  }
}
