// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * One memory as a function of tokens, {@code M(z) = z + W1 f(W2 z)} (Eq. 89, 91), and its adjoint.
 * Windows are n x d.
 */
final class MemoryMap {
  private final Gemm gemm;
  private final int width;
  private final int hidden;
  private final Matrix a;
  private final Matrix s;
  private final float[] aTile;
  private final float[] gate;
  private final float[] tile;
  private final float[] slope;
  private final float[] row;
  private final float[] sum;

  MemoryMap(int chunk, int width, int hidden, Gemm gemm, Arena scratch) {
    this.gemm = gemm;
    this.width = width;
    this.hidden = hidden;
    a = scratch.matrix(chunk, hidden);
    s = scratch.matrix(chunk, hidden);
    aTile = new float[chunk * hidden];
    gate = new float[chunk * hidden];
    tile = new float[chunk * hidden];
    slope = new float[chunk * hidden];
    row = new float[chunk * width];
    sum = new float[chunk * width];
  }

  void forward(Matrix z, MemoryState state, Matrix out) {
    activate(z, state);
    out.copy(z);
    gemm.nt(1, s, state.w1, 1, out);
  }

  /** Adds to {@code dZ} and {@code dState}; the hidden layer is computed again. */
  void backward(Matrix z, MemoryState state, Matrix dOut, Matrix dZ, MemoryState dState) {
    activate(z, state);
    gemm.tn(1, dOut, s, 1, dState.w1);
    gemm.nn(1, dOut, state.w1, 0, s);
    s.load(tile);
    int n = z.rows() * hidden;
    Gelu.slopes(aTile, gate, slope, n);
    for (int i = 0; i < n; i++) {
      tile[i] *= slope[i];
    }
    a.store(tile);
    gemm.tn(1, a, z, 1, dState.w2);
    gemm.nn(1, a, state.w2, 1, dZ);
    dOut.load(row);
    dZ.load(sum);
    for (int i = 0; i < z.rows() * width; i++) {
      sum[i] += row[i];
    }
    dZ.store(sum);
  }

  private void activate(Matrix z, MemoryState state) {
    a.limit(z.rows());
    s.limit(z.rows());
    gemm.nt(1, z, state.w2, 0, a);
    a.load(aTile);
    Gelu.gates(aTile, gate, z.rows() * hidden);
    Gelu.values(aTile, gate, tile, z.rows() * hidden);
    s.store(tile);
  }
}
