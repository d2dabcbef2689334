// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * The read of M_memory by the queries of one chunk, and its adjoint. Token t reads the memory as it
 * stands before t (Eq. 86's index), inside the chunk too: with {@code W_{t-1} = exp(g_{t-1})
 * W_start - sum_{s<t} decay rate_s e_s x_s^T} both weights apply as one product with the start and
 * one masked C x C product with the chunk's writes.
 */
final class MemoryRead {
  private final Gemm gemm;
  private final Matrix[] rowWindows;
  private final int width;
  private final int hidden;
  private final Matrix a0;
  private final Matrix p0;
  private final Matrix a;
  private final Matrix s;
  private final Matrix dS;
  private final Matrix j1;
  private final Matrix j2;
  private final Matrix dJ;
  private final Matrix kept;
  private final float[] aTile;
  private final float[] aGate;
  private final float[] a0Tile;
  private final float[] p0Tile;
  private final float[] j1Tile;
  private final float[] j2Tile;
  private final float[] m1Tile;
  private final float[] m2Tile;
  private final float[] square;
  private final float[] x1;
  private final float[] x2;

  MemoryRead(int chunk, int width, int hidden, Gemm gemm, Arena scratch) {
    this.gemm = gemm;
    this.width = width;
    this.hidden = hidden;
    a0 = scratch.matrix(chunk, hidden);
    p0 = scratch.matrix(chunk, width);
    a = scratch.matrix(chunk, hidden);
    s = scratch.matrix(chunk, hidden);
    dS = scratch.matrix(chunk, hidden);
    j1 = scratch.matrix(chunk, chunk);
    j2 = scratch.matrix(chunk, chunk);
    dJ = scratch.matrix(chunk, chunk);
    kept = scratch.matrix(chunk, width);
    rowWindows = new Matrix[] {a0, p0, a, s, dS, kept};
    aTile = new float[chunk * hidden];
    aGate = new float[chunk * hidden];
    a0Tile = new float[chunk * hidden];
    p0Tile = new float[chunk * width];
    j1Tile = new float[chunk * chunk];
    j2Tile = new float[chunk * chunk];
    m1Tile = new float[chunk * chunk];
    m2Tile = new float[chunk * chunk];
    square = new float[chunk * chunk];
    x1 = new float[chunk * Math.max(width, hidden)];
    x2 = new float[chunk * Math.max(width, hidden)];
  }

  /**
   * {@code out = M_{t-1}(q_t)} for the chunk whose write {@code write} has just computed from
   * {@code start}.
   */
  void forward(ChunkInputs in, MemoryWrite write, MemoryState start, Matrix q, Matrix out) {
    int n = in.n;
    limit(n);
    gemm.nt(1, q, start.w2, 0, a0);
    a0.load(a0Tile);
    gemm.nt(1, q, in.k, 0, j2);
    mask(j2, j2Tile, write.scale2, m2Tile, n);
    scaleRows(in, a0Tile, hidden, x1);
    a.store(x1);
    gemm.nn(-1, j2, write.e2, 1, a);
    a.load(aTile);
    Gelu.gates(aTile, aGate, n * hidden);
    Gelu.values(aTile, aGate, x1, n * hidden);
    s.store(x1);
    gemm.nt(1, s, start.w1, 0, p0);
    p0.load(p0Tile);
    gemm.nt(1, s, write.s, 0, j1);
    mask(j1, j1Tile, write.scale1, m1Tile, n);
    scaleRows(in, p0Tile, width, x1);
    q.load(x2);
    for (int i = 0; i < n * width; i++) {
      x1[i] += x2[i];
    }
    out.store(x1);
    gemm.nn(-1, j1, write.e1, 1, out);
  }

  /**
   * The adjoint of {@link #forward}, which has to have run last. Adds to {@code dQ}, to {@code
   * dStart}, to the keys' gradients, and to what {@code write} carries into its own adjoint.
   */
  void backward(
      ChunkInputs in,
      MemoryWrite write,
      MemoryState start,
      Matrix q,
      Matrix dOut,
      Matrix dQ,
      MemoryState dStart) {
    int n = in.n;
    dOut.load(x1);
    addTo(dQ, x1, n * width);
    startGradient(in, x1, p0Tile, width);
    kept.store(x1);
    // out = q + exp(g) s W1^T - M1 E1.
    gemm.nt(-1, dOut, write.e1, 0, dJ);
    gemm.tn(-1, j1, dOut, 1, write.dE1);
    maskGradient(in, m1Tile, write.scale1, j1Tile, write.dRho);
    gemm.nn(1, kept, start.w1, 0, dS);
    gemm.tn(1, kept, s, 1, dStart.w1);
    gemm.nn(1, dJ, write.s, 1, dS);
    gemm.tn(1, dJ, s, 1, write.dS);
    // a = exp(g) q W2^T - M2 E2, s = f(a); dS becomes the gradient of a.
    dS.load(x1);
    Gelu.slopes(aTile, aGate, x2, n * hidden);
    for (int i = 0; i < n * hidden; i++) {
      x1[i] *= x2[i];
    }
    dS.store(x1);
    gemm.nt(-1, dS, write.e2, 0, dJ);
    gemm.tn(-1, j2, dS, 1, write.dE2);
    maskGradient(in, m2Tile, write.scale2, j2Tile, write.dOmega);
    startGradient(in, x1, a0Tile, hidden);
    dS.store(x1);
    gemm.nn(1, dS, start.w2, 1, dQ);
    gemm.tn(1, dS, q, 1, dStart.w2);
    gemm.nn(1, dJ, in.k, 1, dQ);
    gemm.tn(1, dJ, q, 1, in.dK);
  }

  // Keeps the products in tile, and their masked, decayed form in both masked and the window.
  private static void mask(Matrix window, float[] tile, float[] scale, float[] masked, int n) {
    window.load(tile);
    for (int i = 0; i < n * n; i++) {
      masked[i] = tile[i] * scale[i];
    }
    window.store(masked);
  }

  private void maskGradient(
      ChunkInputs in, float[] masked, float[] scale, float[] products, float[] dRate) {
    int n = in.n;
    dJ.load(square);
    in.retention.addDecayGradient(square, masked);
    for (int t = 0; t < n; t++) {
      for (int w = 0; w < n; w++) {
        int at = t * n + w;
        dRate[w] += square[at] * in.retention.decay[at] * products[at];
        square[at] *= scale[at];
      }
    }
    dJ.store(square);
  }

  private static void scaleRows(ChunkInputs in, float[] tile, int columns, float[] out) {
    for (int t = 0; t < in.n; t++) {
      float factor = in.retention.start[t];
      for (int i = t * columns; i < (t + 1) * columns; i++) {
        out[i] = factor * tile[i];
      }
    }
  }

  // For y = exp(g_{t-1}) z: adds dy . z to the factor's gradient and turns dy into dz.
  private static void startGradient(ChunkInputs in, float[] dy, float[] z, int columns) {
    for (int t = 0; t < in.n; t++) {
      float factor = in.retention.start[t];
      float product = 0;
      for (int i = t * columns; i < (t + 1) * columns; i++) {
        product += dy[i] * z[i];
        dy[i] *= factor;
      }
      in.retention.dStart[t] += product;
    }
  }

  private void addTo(Matrix sum, float[] tile, int n) {
    sum.load(x2);
    for (int i = 0; i < n; i++) {
      x2[i] += tile[i];
    }
    sum.store(x2);
  }

  private void limit(int n) {
    for (Matrix matrix : rowWindows) {
      matrix.limit(n);
    }
    j1.square(n);
    j2.square(n);
    dJ.square(n);
  }
}
