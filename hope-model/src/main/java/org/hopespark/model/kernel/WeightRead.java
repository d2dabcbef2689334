// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * One weight as it stands before each token of a chunk, applied to that token's row: {@code M_{t-1}
 * y_t = A_{t-1} M_0 y_t + c0_{t-1} S_0 y_t - sum_{s<t} c_{t-1,s} rate_s (x_s . y_t) e_s}, and its
 * adjoint. Shapes: Y is C x columns, the result C x rows.
 */
final class WeightRead {
  private final ChunkInputs in;
  private final WeightRecurrence weight;
  private final Gemm gemm;
  private final int rows;
  private final boolean momentum;
  private final Matrix product;
  private final Matrix mask;
  private final Matrix dMask;
  private final float[] z;
  private final float[] zSurprise;
  private final float[] maskTile;
  private final float[] square;
  private final float[] tile;

  WeightRead(
      ChunkInputs in,
      WeightRecurrence weight,
      HeadShape shape,
      int rows,
      Gemm gemm,
      Arena scratch) {
    this.in = in;
    this.weight = weight;
    this.gemm = gemm;
    this.rows = rows;
    momentum = shape.momentum();
    int chunk = shape.chunk();
    product = scratch.matrix(chunk, rows);
    mask = scratch.matrix(chunk, chunk);
    dMask = scratch.matrix(chunk, chunk);
    z = new float[chunk * rows];
    zSurprise = new float[momentum ? chunk * rows : 0];
    maskTile = new float[chunk * chunk];
    square = new float[chunk * chunk];
    tile = new float[chunk * rows];
  }

  /** Applies the weight's start and surprise to {@code y}, and {@code y} to the chunk's inputs. */
  void prepare(Weight start, Matrix y) {
    int n = in.n;
    product.limit(n);
    mask.square(n);
    dMask.square(n);
    gemm.nt(1, y, start.value(), 0, product);
    product.load(z);
    if (momentum) {
      gemm.nt(1, y, start.surprise(), 0, product);
      product.load(zSurprise);
    }
    gemm.nt(1, y, weight.x, 0, mask);
    mask.load(maskTile);
    Tiles.multiply(maskTile, weight.triangle.scale, square, n * n);
    mask.store(square);
  }

  /** {@code out = plus + M_{t-1} y_t} after {@link #prepare}; {@code plus} is overwritten. */
  void finish(float[] plus, Matrix out) {
    Retention retention = in.retention;
    for (int t = 0; t < in.n; t++) {
      Tiles.addScaled(plus, retention.start[t], z, t * rows, rows);
      if (momentum) {
        Tiles.addScaled(plus, retention.surprise[t], zSurprise, t * rows, rows);
      }
    }
    out.store(plus);
    gemm.nn(-1, mask, weight.e, 1, out);
  }

  /**
   * The adjoint of {@link #prepare} and {@link #finish}. It is the first to reach the errors and
   * the rates of the chunk, whose gradients it overwrites.
   *
   * @param dOutTile what {@code dOut} holds, packed; overwritten
   * @param keptY 1 to add to {@code dY}, 0 to overwrite it
   * @param keptX the same for the gradient of the chunk's inputs
   */
  void backward(
      Weight start,
      Matrix y,
      Matrix dOut,
      float[] dOutTile,
      Matrix dY,
      float keptY,
      float keptX,
      Weight dStart) {
    int n = in.n;
    Retention retention = in.retention;
    gemm.nt(-1, dOut, weight.e, 0, dMask);
    gemm.tn(-1, mask, dOut, 0, weight.dE);
    dMask.load(square);
    weight.clearRateGradients();
    weight.productGradient(square, maskTile, n);
    dMask.store(square);
    gemm.nn(1, dMask, weight.x, keptY, dY);
    gemm.tn(1, dMask, y, keptX, weight.dX);
    if (momentum) {
      startGradient(retention.surprise, retention.dSurprise, dOutTile, zSurprise, tile);
      product.store(tile);
      gemm.nn(1, product, start.surprise(), 1, dY);
      gemm.tn(1, product, y, 1, dStart.surprise());
    }
    startGradient(retention.start, retention.dStart, dOutTile, z, tile);
    product.store(tile);
    gemm.nn(1, product, start.value(), 1, dY);
    gemm.tn(1, product, y, 1, dStart.value());
  }

  // For factor z: adds the gradient of the factor, leaves that of z in dZ.
  private void startGradient(float[] factor, float[] dFactor, float[] dOut, float[] z, float[] dZ) {
    for (int t = 0; t < in.n; t++) {
      dFactor[t] += Tiles.dot(dOut, z, t * rows, rows);
      Tiles.scaledCopy(dZ, factor[t], dOut, t * rows, rows);
    }
  }
}
