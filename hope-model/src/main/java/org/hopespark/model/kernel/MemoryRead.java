// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * The read of M_memory by the queries of one chunk, and its adjoint. Token t reads the memory as it
 * stands before t (Eq. 86's index), inside the chunk too: {@code out = q + W1 f(W2 q)}, each weight
 * applied as {@link WeightRead} does.
 */
final class MemoryRead {
  private final ChunkInputs in;
  private final WeightRead inner;
  private final WeightRead outer;
  private final int width;
  private final int hidden;
  private final Matrix a;
  private final Matrix s;
  private final Matrix dS;
  private final float[] aTile;
  private final float[] aGate;
  private final float[] x1;
  private final float[] x2;

  MemoryRead(ChunkInputs in, MemoryWrite write, HeadShape shape, Gemm gemm, Arena scratch) {
    this.in = in;
    width = shape.width();
    hidden = shape.hidden();
    int chunk = shape.chunk();
    inner = new WeightRead(in, write.second, shape, hidden, gemm, scratch);
    outer = new WeightRead(in, write.first, shape, width, gemm, scratch);
    a = scratch.matrix(chunk, hidden);
    s = scratch.matrix(chunk, hidden);
    dS = scratch.matrix(chunk, hidden);
    aTile = new float[chunk * hidden];
    aGate = new float[chunk * hidden];
    x1 = new float[chunk * Math.max(width, hidden)];
    x2 = new float[chunk * Math.max(width, hidden)];
  }

  /**
   * {@code out = M_{t-1}(q_t)} for the chunk whose write has just been computed from {@code start}.
   */
  void forward(ChunkState start, Matrix q, Matrix out) {
    activate(start, q);
    q.load(x1);
    outer.finish(x1, out);
  }

  /** The part of {@link #forward} that {@link #backward} needs. */
  void activate(ChunkState start, Matrix q) {
    int n = in.n;
    a.limit(n);
    s.limit(n);
    dS.limit(n);
    inner.prepare(start.w2, q);
    Arrays.fill(x1, 0, n * hidden, 0);
    inner.finish(x1, a);
    a.load(aTile);
    Gelu.gates(aTile, aGate, n * hidden);
    Gelu.values(aTile, aGate, x1, n * hidden);
    s.store(x1);
    outer.prepare(start.w1, s);
  }

  /**
   * The adjoint of {@link #forward}; {@link #activate} has to have run last. Adds to {@code dQ}, to
   * {@code dStart} and to the keys' gradients; overwrites the gradients that the write starts from.
   */
  void backward(ChunkState start, Matrix q, Matrix dOut, Matrix dQ, ChunkState dStart) {
    int n = in.n;
    dOut.load(x1);
    dQ.load(x2);
    Tiles.add(x2, x1, n * width);
    dQ.store(x2);
    outer.backward(start.w1, s, dOut, x1, dS, 0, 0, dStart.w1);
    // dS becomes the gradient of a.
    dS.load(x1);
    Gelu.slopes(aTile, aGate, x2, n * hidden);
    Tiles.multiply(x1, x2, x1, n * hidden);
    dS.store(x1);
    inner.backward(start.w2, q, dS, x1, dQ, 1, 1, dStart.w2);
  }
}
