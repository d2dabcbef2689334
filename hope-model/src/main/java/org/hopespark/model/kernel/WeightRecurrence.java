// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * One weight of one memory over one chunk: {@code e_t = M_{t-1} x_t + b_t}, {@code S_t = theta
 * S_{t-1} - rate_t e_t x_t^T}, {@code M_t = alpha_t M_{t-1} + S_t}, and its adjoint.
 *
 * <p>With Z = X M_0^T, Zs = X S_0^T and the factors of {@link Retention}, the errors of the delta
 * rule solve {@code e_t + sum_{s<t} c_{t-1,s} rate_s (x_s . x_t) e_s = A_{t-1} z_t + c0_{t-1} zs_t
 * + b_t}. Without the delta term {@code e_t = b_t}. Shapes: X is C x columns, M rows x columns, e
 * and Z C x rows.
 */
final class WeightRecurrence {
  /** The inputs of the weight, and the gradient that gathers for them. */
  final Matrix x;

  final Matrix dX;

  /** The errors e and their gradient. */
  final Matrix e;

  final Matrix dE;

  /** Rates of the tokens, how the writes bear on each other, and the gradient of the rates. */
  final DeltaTriangle triangle;

  final float[] dRate;

  /** {@code X M_0^T} of the last {@link #start}. */
  final float[] z;

  private final ChunkInputs in;
  private final Gemm gemm;
  private final WeightSums sums;
  private final int rows;
  private final boolean momentum;
  private final Matrix product;
  private final Matrix dProducts;
  private final float[] zSurprise;
  private final float[] tile1;
  private final float[] tile2;
  private final float[] square;
  private final float[] weighted;

  WeightRecurrence(
      ChunkInputs in,
      Matrix x,
      Matrix dX,
      HeadShape shape,
      int chunk,
      int rows,
      DeltaTriangle triangle,
      Gemm gemm,
      WeightSums sums,
      Arena scratch) {
    this.in = in;
    this.x = x;
    this.dX = dX;
    this.gemm = gemm;
    this.sums = sums;
    this.rows = rows;
    this.triangle = triangle;
    momentum = shape.momentum();
    e = scratch.matrix(chunk, rows);
    dE = scratch.matrix(chunk, rows);
    product = scratch.matrix(chunk, rows);
    dProducts = scratch.matrix(chunk, chunk);
    dRate = new float[chunk];
    z = new float[chunk * rows];
    zSurprise = new float[momentum ? chunk * rows : 0];
    tile1 = new float[chunk * rows];
    tile2 = new float[chunk * rows];
    square = new float[chunk * chunk];
    weighted = new float[chunk * chunk];
  }

  /** Applies the weight as it stands at the chunk's start to its inputs. */
  void start(Weight weight) {
    int n = in.n;
    e.limit(n);
    dE.limit(n);
    product.limit(n);
    dProducts.square(n);
    gemm.nt(1, x, weight.value(), 0, product);
    product.load(z);
    if (momentum) {
      gemm.nt(1, x, weight.surprise(), 0, product);
      product.load(zSurprise);
    }
  }

  /**
   * Computes the errors; the triangle has to be prepared.
   *
   * @param b C x rows, overwritten
   */
  void solve(float[] b) {
    int n = in.n;
    Retention retention = in.retention;
    if (!triangle.delta()) {
      e.store(b);
      return;
    }
    for (int t = 0; t < n; t++) {
      Tiles.addScaled(b, retention.start[t], z, t * rows, rows);
      if (momentum) {
        Tiles.addScaled(b, retention.surprise[t], zSurprise, t * rows, rows);
      }
    }
    product.store(b);
    gemm.nn(1, triangle.inverse(), product, 0, e);
  }

  /** Writes the weight after the chunk. */
  void write(Weight start, Weight next) {
    Retention retention = in.retention;
    next.value().copy(start.value());
    errorsTimes(retention.tail);
    gemm.tn(-1, product, x, retention.end, next.value());
    if (momentum) {
      sums.add(next.value(), retention.surpriseEnd, start.surprise());
      next.surprise().copy(start.surprise());
      errorsTimes(retention.carried);
      gemm.tn(-1, product, x, retention.carriedEnd, next.surprise());
    }
    flush(next);
  }

  // Every border scales what is forgotten by alpha^C, states forward and their gradients backward.
  private void flush(Weight weight) {
    sums.flush(weight.value());
    if (momentum) {
      sums.flush(weight.surprise());
    }
  }

  // product = factor rate E, row by row.
  private void errorsTimes(float[] factor) {
    e.load(tile1);
    for (int t = 0; t < in.n; t++) {
      Tiles.scale(tile1, factor[t] * triangle.rate[t], t * rows, rows);
    }
    product.store(tile1);
  }

  /** Clears what a read inside the chunk would have left: the gradients of the rates. */
  void clearRateGradients() {
    Arrays.fill(dRate, 0, in.n, 0);
  }

  /**
   * The adjoint of {@link #write}: adds to the gradients of the start and of the factors. Elements
   * of {@code dNext} that are negligible become zero.
   *
   * @param kept 1 to add to the gradient of the errors, 0 to overwrite it
   * @param keptX the same for that of the inputs
   */
  void writeBackward(Weight start, Weight dNext, Weight dStart, float kept, float keptX) {
    Retention retention = in.retention;
    flush(dNext);
    retention.dEnd += sums.addAndDot(dStart.value(), retention.end, dNext.value(), start.value());
    errorsTimes(retention.tail);
    gemm.nn(-1, product, dNext.value(), keptX, dX);
    gemm.nt(-1, x, dNext.value(), 0, product);
    errorGradient(retention.tail, retention.dTail, kept);
    if (momentum) {
      retention.dSurpriseEnd +=
          sums.addAndDot(dStart.surprise(), retention.surpriseEnd, dNext.value(), start.surprise());
      sums.add(dStart.surprise(), retention.carriedEnd, dNext.surprise());
      errorsTimes(retention.carried);
      gemm.nn(-1, product, dNext.surprise(), 1, dX);
      gemm.nt(-1, x, dNext.surprise(), 0, product);
      errorGradient(retention.carried, null, 1);
    }
  }

  // From product = gradient of factor rate E: to those of the errors, the rates and the factors.
  private void errorGradient(float[] factor, float[] dFactor, float kept) {
    product.load(tile1);
    e.load(tile2);
    for (int t = 0; t < in.n; t++) {
      float along = Tiles.dot(tile1, tile2, t * rows, rows);
      Tiles.scale(tile1, factor[t] * triangle.rate[t], t * rows, rows);
      dRate[t] += along * factor[t];
      if (dFactor != null) {
        dFactor[t] += along * triangle.rate[t];
      }
    }
    if (kept != 0) {
      dE.load(tile2);
      Tiles.add(tile1, tile2, in.n * rows);
    }
    dE.store(tile1);
  }

  /**
   * The adjoint of {@link #solve}, from the gradient of the errors; adds to that of the inputs and
   * of the start.
   *
   * @param db C x rows, overwritten with the gradient of b
   * @param dZ C x rows, overwritten with that of Z
   */
  void solveBackward(Weight start, Weight dStart, float[] db, float[] dZ) {
    if (!triangle.delta()) {
      dE.load(db);
      Arrays.fill(dZ, 0, in.n * rows, 0);
      return;
    }
    int n = in.n;
    Retention retention = in.retention;
    gemm.tn(1, triangle.inverse(), dE, 0, product);
    product.load(db);
    gemm.nt(-1, product, e, 0, dProducts);
    dProducts.load(square);
    productGradient(square, triangle.products, n);
    dProducts.store(square);
    // The products are X X^T below the diagonal: their gradient acts from both sides.
    gemm.symmetric(dProducts, x, dX);
    for (int t = 0; t < n; t++) {
      retention.dStart[t] += Tiles.dot(db, z, t * rows, rows);
      Tiles.scaledCopy(dZ, retention.start[t], db, t * rows, rows);
    }
    if (momentum) {
      for (int t = 0; t < n; t++) {
        retention.dSurprise[t] += Tiles.dot(db, zSurprise, t * rows, rows);
        Tiles.scaledCopy(tile1, retention.surprise[t], db, t * rows, rows);
      }
      product.store(tile1);
      gemm.nn(1, product, start.surprise(), 1, dX);
      gemm.tn(1, product, x, 1, dStart.surprise());
    }
  }

  /**
   * For {@code scale (.) products} of n x n, from its gradient in {@code gradient}: adds to the
   * gradients of the rates and of the decay, and leaves that of the products.
   */
  void productGradient(float[] gradient, float[] products, int n) {
    Retention retention = in.retention;
    Tiles.multiply(gradient, products, weighted, n * n);
    for (int t = 0; t < n; t++) {
      Tiles.addProduct(dRate, 0, weighted, t * n, retention.decay, t * n, n);
      Tiles.addProduct(retention.dDecay, t * n, weighted, t * n, triangle.rate, 0, n);
    }
    Tiles.multiply(gradient, triangle.scale, gradient, n * n);
  }
}
