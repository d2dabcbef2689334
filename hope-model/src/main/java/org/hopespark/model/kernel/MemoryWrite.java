// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * The write of one memory over one chunk, in chunk form, and its adjoint.
 *
 * <p>Eq. 88 and 90 for {@code M(z) = z + W1 f(W2 z)} with squared loss: both gradients are rank one
 * per token, so each weight is a {@link WeightRecurrence}. With A = K W2^T, S = f(A), P = S W1^T,
 * vhat = unit(M(V)), N = K - vhat, R = N + P, all from the state at the chunk start:
 *
 * <ul>
 *   <li>W1 has x = S, b = N and the exact delta rate {@code rho = 2 eta / (1 + 2 eta |s|^2)}, which
 *       cannot overshoot; with {@code w1: frozen} instead no delta term, b = R and {@code rho = 2
 *       eta};
 *   <li>W2 has x = K, b = 2 (R W1) (.) f'(A), frozen at the chunk start, and the rate {@code omega
 *       = w2-rate eta}; {@code dgd} is its delta term.
 * </ul>
 */
final class MemoryWrite {
  /** The recurrences of W1 and W2. */
  final WeightRecurrence first;

  final WeightRecurrence second;

  private final ChunkInputs in;
  private final Gemm gemm;
  private final Matrix[] rowWindows;
  private final SelfGeneratedValues values;
  private final int width;
  private final int hidden;
  private final float w2Rate;
  private final boolean delta;
  private final boolean stopGradient;

  private final Matrix s;
  private final Matrix dS;
  private final Matrix r;
  private final Matrix g;
  private final Matrix h;
  private final Matrix wide;
  private final Matrix tall;
  private final Matrix dA;

  private final float[] aGate;
  private final float[] gTile;
  private final float[] slope;
  private final float[] curvature;
  private final float[] x1;
  private final float[] x2;
  private final float[] kGradient;
  private final float[] vhatGradient;
  private final float[] squares;

  MemoryWrite(
      ChunkInputs in,
      HeadShape shape,
      int chunk,
      MemoryConfig config,
      Gemm gemm,
      WeightSums sums,
      Arena scratch) {
    this.in = in;
    this.gemm = gemm;
    width = shape.width();
    hidden = shape.hidden();
    w2Rate = (float) config.w2Rate();
    delta = config.deltaW1();
    stopGradient = config.stopGradientValues();
    values = new SelfGeneratedValues(in, chunk, width, hidden, config.unitValues(), gemm, scratch);
    s = scratch.matrix(chunk, hidden);
    dS = scratch.matrix(chunk, hidden);
    DeltaTriangle writes = new DeltaTriangle(chunk, delta, gemm, scratch);
    first = new WeightRecurrence(in, s, dS, shape, chunk, width, writes, gemm, sums, scratch);
    second =
        new WeightRecurrence(in, in.k, in.dK, shape, chunk, hidden, in.keys, gemm, sums, scratch);
    r = scratch.matrix(chunk, width);
    g = scratch.matrix(chunk, hidden);
    h = scratch.matrix(chunk, chunk);
    wide = scratch.matrix(chunk, width);
    tall = scratch.matrix(chunk, hidden);
    dA = scratch.matrix(chunk, hidden);
    rowWindows = new Matrix[] {s, dS, r, g, wide, tall, dA};
    aGate = new float[chunk * hidden];
    gTile = new float[chunk * hidden];
    slope = new float[chunk * hidden];
    curvature = new float[chunk * hidden];
    x1 = new float[chunk * Math.max(width, hidden)];
    x2 = new float[chunk * Math.max(width, hidden)];
    kGradient = new float[chunk * width];
    vhatGradient = new float[chunk * width];
    squares = new float[chunk];
  }

  /** Computes the chunk's write from {@code start}, into {@code next} where that is not null. */
  void forward(ChunkState start, ChunkState next) {
    int n = in.n;
    limit(n);
    values.forward(start.weights);
    second.start(start.w2);
    Gelu.gates(second.z, aGate, n * hidden);
    Gelu.values(second.z, aGate, x1, n * hidden);
    s.store(x1);
    rates(x1);
    first.start(start.w1);
    residuals();
    if (delta) {
      gemm.nt(1, s, s, 0, h);
      h.load(first.triangle.products);
    }
    first.triangle.prepare(in.retention, n);
    // x1 holds R, x2 holds N.
    first.solve(delta ? x2 : x1);
    frozenGradient(start);
    second.solve(x1);
    if (next != null) {
      first.write(start.w1, next.w1);
      second.write(start.w2, next.w2);
    }
  }

  private void rates(float[] sTile) {
    for (int t = 0; t < in.n; t++) {
      squares[t] = delta ? Tiles.dot(sTile, sTile, t * hidden, hidden) : 0;
      first.triangle.rate[t] = 2 * in.eta[t] / (1 + 2 * in.eta[t] * squares[t]);
    }
  }

  // N = K - vhat into x2, R = N + P into x1 and its window.
  private void residuals() {
    in.k.load(x2);
    residuals(x2, values.vhat, first.z, x1, in.n * width);
    r.store(x1);
  }

  private static void residuals(float[] k, float[] vhat, float[] p, float[] r, int n) {
    for (int i = 0; i < n; i++) {
      k[i] -= vhat[i];
      r[i] = k[i] + p[i];
    }
  }

  // 2 (R W1) (.) f'(A) into x1.
  private void frozenGradient(ChunkState start) {
    gemm.nn(1, r, start.weights.w1, 0, g);
    g.load(gTile);
    Gelu.slopes(second.z, aGate, slope, in.n * hidden);
    twiceProduct(gTile, slope, x1, in.n * hidden);
  }

  private static void twiceProduct(float[] a, float[] b, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = 2 * a[i] * b[i];
    }
  }

  /**
   * The adjoint of {@link #forward}, which has to have run last on the same chunk.
   *
   * @param dNext gradient of the state after the chunk; null where nothing reads it
   * @param dStart gradient of the state before the chunk, added to
   * @param afterRead whether a read inside the chunk has left its gradients already
   */
  void backward(ChunkState start, ChunkState dNext, ChunkState dStart, boolean afterRead) {
    if (!afterRead) {
      first.clearRateGradients();
      second.clearRateGradients();
    }
    if (dNext != null) {
      float kept = afterRead ? 1 : 0;
      first.writeBackward(start.w1, dNext.w1, dStart.w1, kept, kept);
      second.writeBackward(start.w2, dNext.w2, dStart.w2, kept, 1);
    }
    MemoryState weights = start.weights;
    MemoryState dWeights = dStart.weights;
    second.solveBackward(start.w2, dStart.w2, x1, x2);
    frozenGradientBackward();
    gemm.tn(1, r, tall, 1, dWeights.w1);
    gemm.nt(1, tall, weights.w1, 0, wide);
    first.solveBackward(start.w1, dStart.w1, x1, x2);
    residualsBackward();
    gemm.nn(1, wide, weights.w1, 1, dS);
    gemm.tn(1, wide, s, 1, dWeights.w1);
    ratesBackward();
    keysBackward(weights, dWeights);
    if (!stopGradient) {
      values.backward(weights, vhatGradient, dWeights);
    }
  }

  // b = 2 G (.) f'(A) of W2, its gradient in x1 and that of A so far in x2: leaves 2 db (.) f'(A),
  // the gradient of G, in tall and that of A in dA.
  private void frozenGradientBackward() {
    int n = in.n * hidden;
    Gelu.curvatures(second.z, aGate, curvature, n);
    frozenGradientBackward(x1, x2, gTile, slope, curvature, n);
    tall.store(x1);
    dA.store(x2);
  }

  private static void frozenGradientBackward(
      float[] db, float[] dA, float[] g, float[] slope, float[] curvature, int n) {
    for (int i = 0; i < n; i++) {
      dA[i] += 2 * db[i] * g[i] * curvature[i];
      db[i] *= 2 * slope[i];
    }
  }

  // x1 holds the gradient db of W1's b, x2 that of P through the solve, wide dR. N gets db + dR, P
  // as well what R gets: without the delta term b is R itself. Leaves dP in wide.
  private void residualsBackward() {
    int n = in.n * width;
    wide.load(kGradient);
    if (delta) {
      Tiles.add(x2, kGradient, n);
      Tiles.add(x1, kGradient, n);
    } else {
      Tiles.add(x1, kGradient, n);
      System.arraycopy(x1, 0, x2, 0, n);
    }
    wide.store(x2);
    in.dK.load(kGradient);
    Tiles.add(kGradient, x1, n);
    in.dK.store(kGradient);
    Tiles.scaledCopy(vhatGradient, -1, x1, 0, n);
  }

  private void ratesBackward() {
    s.load(x1);
    dS.load(x2);
    for (int t = 0; t < in.n; t++) {
      float below = 1 + 2 * in.eta[t] * squares[t];
      in.dEta[t] += first.dRate[t] * 2 / (below * below) + w2Rate * second.dRate[t];
      if (delta) {
        float dSquare = -first.triangle.rate[t] * first.triangle.rate[t] * first.dRate[t];
        Tiles.addScaled(x2, 2 * dSquare, x1, t * hidden, hidden);
      }
    }
  }

  // x2 holds the gradient of S = f(A), A = K W2^T.
  private void keysBackward(MemoryState start, MemoryState dStart) {
    int n = in.n * hidden;
    dA.load(x1);
    addProduct(x1, x2, slope, n);
    dA.store(x1);
    gemm.nn(1, dA, start.w2, 1, in.dK);
    gemm.tn(1, dA, in.k, 1, dStart.w2);
  }

  private static void addProduct(float[] sum, float[] a, float[] b, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += a[i] * b[i];
    }
  }

  private void limit(int n) {
    for (Matrix matrix : rowWindows) {
      matrix.limit(n);
    }
    h.square(n);
  }
}
