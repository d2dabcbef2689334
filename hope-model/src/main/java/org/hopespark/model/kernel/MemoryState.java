// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;

/**
 * The weights of one memory, or their gradients: W1 (d x h) and W2 (h x d). A movable pair of
 * windows.
 */
final class MemoryState {
  final Matrix w1;
  final Matrix w2;
  private final int half;
  private final float[] mine;
  private final float[] others;

  MemoryState(int width, int hidden) {
    w1 = Matrix.unplaced(width, hidden, hidden);
    w2 = Matrix.unplaced(hidden, width, width);
    half = width * hidden;
    mine = new float[half];
    others = new float[half];
  }

  /** Elements of one state. */
  static long size(int width, int hidden) {
    return 2L * width * hidden;
  }

  /** W1 at {@code offset}, W2 behind it. */
  MemoryState moveTo(Slab slab, long offset) {
    return moveTo(slab, offset, offset + half);
  }

  /** Places the two apart, as the parameters of several heads lie. */
  MemoryState moveTo(Slab slab, long w1Offset, long w2Offset) {
    w1.moveTo(slab, w1Offset);
    w2.moveTo(slab, w2Offset);
    return this;
  }

  void copy(MemoryState source) {
    w1.copy(source.w1);
    w2.copy(source.w2);
  }

  void clear() {
    w1.slab().clear(w1.offset(), half);
    w2.slab().clear(w2.offset(), half);
  }

  float dot(MemoryState other) {
    return dot(w1, other.w1) + dot(w2, other.w2);
  }

  /** Adds {@code scale * other}. */
  void addScaled(float scale, MemoryState other) {
    addScaled(w1, scale, other.w1);
    addScaled(w2, scale, other.w2);
  }

  private float dot(Matrix a, Matrix b) {
    a.load(mine);
    b.load(others);
    // Four sums, because one would wait for itself.
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (; i + 3 < half; i += 4) {
      sum0 += mine[i] * others[i];
      sum1 += mine[i + 1] * others[i + 1];
      sum2 += mine[i + 2] * others[i + 2];
      sum3 += mine[i + 3] * others[i + 3];
    }
    for (; i < half; i++) {
      sum0 += mine[i] * others[i];
    }
    return sum0 + sum1 + sum2 + sum3;
  }

  private void addScaled(Matrix to, float scale, Matrix from) {
    to.load(mine);
    from.load(others);
    for (int i = 0; i < half; i++) {
      mine[i] += scale * others[i];
    }
    to.store(mine);
  }
}
