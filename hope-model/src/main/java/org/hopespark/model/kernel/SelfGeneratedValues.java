// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * The value that a memory makes for itself (Eq. 84), {@code vhat = unit(V + f(V W2^T) W1^T)}, from
 * its state at the chunk start. Length one keeps M_v from chasing its own output, which diverges
 * within one sequence; {@code unit-values} switches it off.
 */
final class SelfGeneratedValues {
  /** The values of the last {@link #forward}, n x d. */
  final float[] vhat;

  private final ChunkInputs in;
  private final boolean unit;
  private final Gemm gemm;
  private final int width;
  private final int hidden;
  private final Matrix b;
  private final Matrix s;
  private final Matrix u;
  private final float[] lengths;
  private final float[] bTile;
  private final float[] gate;
  private final float[] x1;
  private final float[] x2;

  SelfGeneratedValues(
      ChunkInputs in, int chunk, int width, int hidden, boolean unit, Gemm gemm, Arena scratch) {
    this.in = in;
    this.unit = unit;
    this.gemm = gemm;
    this.width = width;
    this.hidden = hidden;
    b = scratch.matrix(chunk, hidden);
    s = scratch.matrix(chunk, hidden);
    u = scratch.matrix(chunk, width);
    vhat = new float[chunk * width];
    lengths = new float[chunk];
    bTile = new float[chunk * hidden];
    gate = new float[chunk * hidden];
    x1 = new float[chunk * Math.max(width, hidden)];
    x2 = new float[chunk * Math.max(width, hidden)];
  }

  void forward(MemoryState start) {
    int n = in.n;
    b.limit(n);
    s.limit(n);
    u.limit(n);
    gemm.nt(1, in.v, start.w2, 0, b);
    b.load(bTile);
    Gelu.gates(bTile, gate, n * hidden);
    Gelu.values(bTile, gate, x1, n * hidden);
    s.store(x1);
    u.copy(in.v);
    gemm.nt(1, s, start.w1, 1, u);
    u.load(vhat);
    if (unit) {
      UnitRows.forward(vhat, n, width, lengths, 0);
    }
  }

  /**
   * From the gradient of vhat in {@code gradient} (n x d, overwritten); adds to that of V and of
   * the state.
   */
  void backward(MemoryState start, float[] gradient, MemoryState dStart) {
    int n = in.n;
    if (unit) {
      UnitRows.backward(vhat, lengths, 0, gradient, n, width);
    }
    u.store(gradient);
    in.dV.load(x2);
    for (int i = 0; i < n * width; i++) {
      x2[i] += gradient[i];
    }
    in.dV.store(x2);
    gemm.tn(1, u, s, 1, dStart.w1);
    gemm.nn(1, u, start.w1, 0, b);
    b.load(x1);
    Gelu.slopes(bTile, gate, x2, n * hidden);
    for (int i = 0; i < n * hidden; i++) {
      x1[i] *= x2[i];
    }
    b.store(x1);
    gemm.nn(1, b, start.w2, 1, in.dV);
    gemm.tn(1, b, in.v, 1, dStart.w2);
  }
}
