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

  MemoryState(int width, int hidden) {
    w1 = Matrix.unplaced(width, hidden, hidden);
    w2 = Matrix.unplaced(hidden, width, width);
    half = width * hidden;
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
}
