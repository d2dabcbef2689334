// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * The write of one memory over one chunk, in chunk form, and its adjoint.
 *
 * <p>Eq. 88 and 90 for {@code M(z) = z + W1 f(W2 z)} with squared loss: both gradients are rank one
 * per token, so each weight follows a gated delta recurrence {@code e_t = M_{t-1} x_t + b_t},
 * {@code M_t = alpha_t M_{t-1} - rate_t e_t x_t^T}, which is one unit lower-triangular solve and
 * one product per chunk. With A = K W2^T, S = f(A), P = S W1^T, vhat = unit(M(V)), N = K - vhat, R
 * = N + P, all from the state at the chunk start:
 *
 * <ul>
 *   <li>W1 has x = S, b = N and the exact delta rate {@code rho = 2 eta / (1 + 2 eta |s|^2)}, which
 *       cannot overshoot;
 *   <li>W2 has x = K, b = 2 (R W1) (.) f'(A), frozen at the chunk start, and the rate {@code omega
 *       = w2-rate eta}.
 * </ul>
 */
final class MemoryWrite {
  final Matrix s;
  final Matrix e1;
  final Matrix e2;

  /**
   * {@code decay (.) rho_s} and {@code decay (.) omega_s}, the factors of a read inside the chunk;
   * C x C.
   */
  final float[] scale1;

  final float[] scale2;

  /**
   * Gradients that a read inside the chunk leaves here before {@link #backward}: of S, E1, E2, rho,
   * omega.
   */
  final Matrix dS;

  final Matrix dE1;
  final Matrix dE2;
  final float[] dRho;
  final float[] dOmega;

  private final Gemm gemm;
  private final Matrix[] rowWindows;
  private final SelfGeneratedValues values;
  private final int width;
  private final int hidden;
  private final float w2Rate;

  private final Matrix a;
  private final Matrix p;
  private final Matrix r;
  private final Matrix g;
  private final Matrix f1;
  private final Matrix f2;
  private final Matrix l1;
  private final Matrix l2;
  private final Matrix h;
  private final Matrix wide;
  private final Matrix tall;
  private final Matrix dA;

  private final float[] aTile;
  private final float[] aGate;
  private final float[] pTile;
  private final float[] gTile;
  private final float[] slope;
  private final float[] l1Tile;
  private final float[] l2Tile;
  private final float[] hTile;
  private final float[] x1;
  private final float[] x2;
  private final float[] kGradient;
  private final float[] vhatGradient;
  private final float[] square;
  private final float[] squares;
  private final float[] rho;
  private final float[] omega;

  MemoryWrite(int chunk, int width, int hidden, double w2Rate, Gemm gemm, Arena scratch) {
    this.gemm = gemm;
    this.width = width;
    this.hidden = hidden;
    this.w2Rate = (float) w2Rate;
    values = new SelfGeneratedValues(chunk, width, hidden, gemm, scratch);
    s = scratch.matrix(chunk, hidden);
    e1 = scratch.matrix(chunk, width);
    e2 = scratch.matrix(chunk, hidden);
    dS = scratch.matrix(chunk, hidden);
    dE1 = scratch.matrix(chunk, width);
    dE2 = scratch.matrix(chunk, hidden);
    a = scratch.matrix(chunk, hidden);
    p = scratch.matrix(chunk, width);
    r = scratch.matrix(chunk, width);
    g = scratch.matrix(chunk, hidden);
    f1 = scratch.matrix(chunk, width);
    f2 = scratch.matrix(chunk, hidden);
    l1 = scratch.matrix(chunk, chunk);
    l2 = scratch.matrix(chunk, chunk);
    h = scratch.matrix(chunk, chunk);
    wide = scratch.matrix(chunk, width);
    tall = scratch.matrix(chunk, hidden);
    dA = scratch.matrix(chunk, hidden);
    rowWindows = new Matrix[] {s, e1, e2, dS, dE1, dE2, a, p, r, g, f1, f2, wide, tall, dA};
    scale1 = new float[chunk * chunk];
    scale2 = new float[chunk * chunk];
    dRho = new float[chunk];
    dOmega = new float[chunk];
    aTile = new float[chunk * hidden];
    aGate = new float[chunk * hidden];
    pTile = new float[chunk * width];
    gTile = new float[chunk * hidden];
    slope = new float[chunk * hidden];
    l1Tile = new float[chunk * chunk];
    l2Tile = new float[chunk * chunk];
    hTile = new float[chunk * chunk];
    x1 = new float[chunk * Math.max(width, hidden)];
    x2 = new float[chunk * Math.max(width, hidden)];
    kGradient = new float[chunk * width];
    vhatGradient = new float[chunk * width];
    square = new float[chunk * chunk];
    squares = new float[chunk];
    rho = new float[chunk];
    omega = new float[chunk];
  }

  /** Computes the chunk's write from {@code start}, into {@code next} where that is not null. */
  void forward(ChunkInputs in, MemoryState start, MemoryState next) {
    int n = in.n;
    limit(n);
    values.forward(in, start);
    gemm.nt(1, in.k, start.w2, 0, a);
    a.load(aTile);
    Gelu.gates(aTile, aGate, n * hidden);
    Gelu.values(aTile, aGate, x1, n * hidden);
    s.store(x1);
    rates(in, x1);
    gemm.nt(1, s, start.w1, 0, p);
    p.load(pTile);
    residuals(in);
    gemm.nt(1, s, s, 0, h);
    h.load(hTile);
    triangles(in);
    gemm.solve(l1, e1);
    frozenGradient(in, start);
    gemm.solve(l2, e2);
    scaled(e1, rho, in.retention.tail, width, f1);
    scaled(e2, omega, in.retention.tail, hidden, f2);
    if (next != null) {
      next.copy(start);
      gemm.tn(-1, f1, s, in.retention.end, next.w1);
      gemm.tn(-1, f2, in.k, in.retention.end, next.w2);
    }
  }

  private void rates(ChunkInputs in, float[] sTile) {
    for (int t = 0; t < in.n; t++) {
      float sum = 0;
      for (int i = 0; i < hidden; i++) {
        sum += sTile[t * hidden + i] * sTile[t * hidden + i];
      }
      squares[t] = sum;
      rho[t] = 2 * in.eta[t] / (1 + 2 * in.eta[t] * sum);
      omega[t] = w2Rate * in.eta[t];
    }
  }

  // R = K - vhat + P, and the right side of the first solve: exp(g_{t-1}) P + K - vhat.
  private void residuals(ChunkInputs in) {
    in.k.load(x1);
    for (int t = 0; t < in.n; t++) {
      float start = in.retention.start[t];
      for (int i = t * width; i < (t + 1) * width; i++) {
        float difference = x1[i] - values.vhat[i];
        x1[i] = difference + pTile[i];
        x2[i] = start * pTile[i] + difference;
      }
    }
    r.store(x1);
    e1.store(x2);
  }

  private void triangles(ChunkInputs in) {
    int n = in.n;
    float[] decay = in.retention.decay;
    for (int t = 0; t < n; t++) {
      for (int q = 0; q < n; q++) {
        int at = t * n + q;
        scale1[at] = decay[at] * rho[q];
        scale2[at] = decay[at] * omega[q];
        l1Tile[at] = scale1[at] * hTile[at];
        l2Tile[at] = scale2[at] * in.keyProducts[at];
      }
    }
    l1.store(l1Tile);
    l2.store(l2Tile);
  }

  // The right side of the second solve: exp(g_{t-1}) A + 2 (R W1) (.) f'(A).
  private void frozenGradient(ChunkInputs in, MemoryState start) {
    gemm.nn(1, r, start.w1, 0, g);
    g.load(gTile);
    Gelu.slopes(aTile, aGate, slope, in.n * hidden);
    for (int t = 0; t < in.n; t++) {
      float kept = in.retention.start[t];
      for (int i = t * hidden; i < (t + 1) * hidden; i++) {
        x1[i] = kept * aTile[i] + 2 * gTile[i] * slope[i];
      }
    }
    e2.store(x1);
  }

  private void scaled(Matrix from, float[] rate, float[] tail, int columns, Matrix to) {
    from.load(x1);
    for (int t = 0; t < from.rows(); t++) {
      float factor = rate[t] * tail[t];
      for (int i = t * columns; i < (t + 1) * columns; i++) {
        x1[i] *= factor;
      }
    }
    to.store(x1);
  }

  /** Clears the gradients that a read may add to before {@link #backward}. */
  void clearGradients(int n) {
    Arrays.fill(x1, 0, n * Math.max(width, hidden), 0);
    dS.store(x1);
    dE1.store(x1);
    dE2.store(x1);
    Arrays.fill(dRho, 0, n, 0);
    Arrays.fill(dOmega, 0, n, 0);
  }

  /**
   * The adjoint of {@link #forward}, which has to have run last on the same chunk.
   *
   * @param dNext gradient of the state after the chunk
   * @param dStart gradient of the state before the chunk, added to
   */
  void backward(ChunkInputs in, MemoryState start, MemoryState dNext, MemoryState dStart) {
    int n = in.n;
    stateUpdate(in, start, dNext, dStart);
    // Second solve: Y2 = T2^-T dE2 is the gradient of its right side, and of b2.
    gemm.solveTransposed(l2, dE2);
    gemm.nt(-1, dE2, e2, 0, h);
    triangleGradient(in, l2Tile, scale2, in.keyProducts, dOmega);
    gemm.nn(1, h, in.k, 1, in.dK);
    gemm.tn(1, h, in.k, 1, in.dK);
    frozenGradientAdjoint(in);
    gemm.tn(1, r, tall, 1, dStart.w1);
    gemm.nt(1, tall, start.w1, 0, wide);
    // First solve.
    gemm.solveTransposed(l1, dE1);
    gemm.nt(-1, dE1, e1, 0, h);
    triangleGradient(in, l1Tile, scale1, hTile, dRho);
    gemm.nn(1, h, s, 1, dS);
    gemm.tn(1, h, s, 1, dS);
    residualAdjoint(in);
    gemm.nn(1, wide, start.w1, 1, dS);
    gemm.tn(1, wide, s, 1, dStart.w1);
    ratesAdjoint(in);
    keyAdjoint(in, start, dStart, n);
    values.backward(in, start, vhatGradient, dStart);
  }

  // next = end start - F^T x: gradients of F, of x, and of the factors end and tail.
  private void stateUpdate(
      ChunkInputs in, MemoryState start, MemoryState dNext, MemoryState dStart) {
    float end = in.retention.end;
    in.retention.dEnd += dNext.dot(start);
    dStart.addScaled(end, dNext);
    gemm.nt(-1, s, dNext.w1, 0, wide);
    gemm.nn(-1, f1, dNext.w1, 1, dS);
    writeAdjoint(in, wide, e1, dE1, rho, dRho, width);
    gemm.nt(-1, in.k, dNext.w2, 0, tall);
    gemm.nn(-1, f2, dNext.w2, 1, in.dK);
    writeAdjoint(in, tall, e2, dE2, omega, dOmega, hidden);
  }

  // F = tail rate E, row by row.
  private void writeAdjoint(
      ChunkInputs in, Matrix dF, Matrix e, Matrix dE, float[] rate, float[] dRate, int columns) {
    Retention retention = in.retention;
    dF.load(x1);
    e.load(x2);
    for (int t = 0; t < in.n; t++) {
      float product = 0;
      float factor = retention.tail[t] * rate[t];
      for (int i = t * columns; i < (t + 1) * columns; i++) {
        product += x1[i] * x2[i];
        x1[i] *= factor;
      }
      retention.dTail[t] += product * rate[t];
      dRate[t] += product * retention.tail[t];
    }
    dE.load(x2);
    for (int i = 0; i < in.n * columns; i++) {
      x1[i] += x2[i];
    }
    dE.store(x1);
  }

  // From h = gradient of L = decay (.) rate (.) products, to that of the products (left in h), the
  // rate, the decay.
  private void triangleGradient(
      ChunkInputs in, float[] triangle, float[] scale, float[] products, float[] dRate) {
    int n = in.n;
    h.load(square);
    in.retention.addDecayGradient(square, triangle);
    for (int t = 0; t < n; t++) {
      for (int q = 0; q < n; q++) {
        int at = t * n + q;
        dRate[q] += square[at] * in.retention.decay[at] * products[at];
        square[at] *= scale[at];
      }
    }
    h.store(square);
  }

  // Right side Y2 = exp(g) A + 2 G (.) f'(A): leaves 2 dY2 (.) f'(A) in tall, the share of A in dA.
  private void frozenGradientAdjoint(ChunkInputs in) {
    dE2.load(x1);
    Gelu.curvatures(aTile, aGate, x2, in.n * hidden);
    for (int t = 0; t < in.n; t++) {
      float kept = in.retention.start[t];
      float product = 0;
      for (int i = t * hidden; i < (t + 1) * hidden; i++) {
        product += x1[i] * aTile[i];
        x2[i] = kept * x1[i] + 2 * x1[i] * gTile[i] * x2[i];
        x1[i] *= 2 * slope[i];
      }
      in.retention.dStart[t] += product;
    }
    tall.store(x1);
    dA.store(x2);
  }

  // wide holds dR. N = K - vhat gets dR + dY1, P gets dR + exp(g) dY1. Leaves dP in wide and dvhat
  // in u.
  private void residualAdjoint(ChunkInputs in) {
    dE1.load(x1);
    wide.load(x2);
    in.dK.load(kGradient);
    for (int t = 0; t < in.n; t++) {
      float kept = in.retention.start[t];
      float product = 0;
      for (int i = t * width; i < (t + 1) * width; i++) {
        product += x1[i] * pTile[i];
        float difference = x1[i] + x2[i];
        x2[i] += kept * x1[i];
        kGradient[i] += difference;
        vhatGradient[i] = -difference;
      }
      in.retention.dStart[t] += product;
    }
    in.dK.store(kGradient);
    wide.store(x2);
  }

  private void ratesAdjoint(ChunkInputs in) {
    s.load(x1);
    dS.load(x2);
    for (int t = 0; t < in.n; t++) {
      float below = 1 + 2 * in.eta[t] * squares[t];
      in.dEta[t] += dRho[t] * 2 / (below * below) + w2Rate * dOmega[t];
      float dSquare = -rho[t] * rho[t] * dRho[t];
      for (int i = t * hidden; i < (t + 1) * hidden; i++) {
        x2[i] += 2 * dSquare * x1[i];
      }
    }
    dS.store(x2);
  }

  // S = f(A), A = K W2^T.
  private void keyAdjoint(ChunkInputs in, MemoryState start, MemoryState dStart, int n) {
    dS.load(x1);
    dA.load(x2);
    for (int i = 0; i < n * hidden; i++) {
      x2[i] += x1[i] * slope[i];
    }
    dA.store(x2);
    gemm.nn(1, dA, start.w2, 1, in.dK);
    gemm.tn(1, dA, in.k, 1, dStart.w2);
  }

  private void limit(int n) {
    for (Matrix matrix : rowWindows) {
      matrix.limit(n);
    }
    l1.square(n);
    l2.square(n);
    h.square(n);
  }
}
