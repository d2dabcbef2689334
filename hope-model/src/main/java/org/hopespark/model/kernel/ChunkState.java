// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Slab;

/**
 * Everything that one memory carries from chunk to chunk, or its gradient: W1 and W2 and, with
 * momentum only, their surprises behind them. A movable window.
 */
final class ChunkState {
  final MemoryState weights;
  final Weight w1;
  final Weight w2;
  private final MemoryState surprise;
  private final long half;

  ChunkState(HeadShape shape) {
    half = MemoryState.size(shape.width(), shape.hidden());
    weights = new MemoryState(shape.width(), shape.hidden());
    surprise = shape.momentum() ? new MemoryState(shape.width(), shape.hidden()) : null;
    w1 = new Weight(weights.w1, surprise == null ? null : surprise.w1);
    w2 = new Weight(weights.w2, surprise == null ? null : surprise.w2);
  }

  ChunkState moveTo(Slab slab, long offset) {
    weights.moveTo(slab, offset);
    if (surprise != null) {
      surprise.moveTo(slab, offset + half);
    }
    return this;
  }

  /** The state at the start of a sequence: nothing surprised yet. */
  void begin(MemoryState initial) {
    weights.copy(initial);
    if (surprise != null) {
      surprise.clear();
    }
  }

  void clear() {
    weights.clear();
    if (surprise != null) {
      surprise.clear();
    }
  }
}
