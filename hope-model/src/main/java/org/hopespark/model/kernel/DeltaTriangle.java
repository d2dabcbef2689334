// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * What the writes of a chunk do to each other: {@code c_{t-1,s} rate_s}, the weight of write s
 * before token t, and with the delta rule the inverse of {@code T = I + c rate (.) X X^T}. W1 has
 * one per memory; that of W2 depends on keys and rates alone, so all memories of a chunk share it.
 */
final class DeltaTriangle {
  /** Rates of the tokens, to be set before {@link #prepare}. */
  final float[] rate;

  /** {@code c_{t-1,s} rate_s}, C x C. */
  final float[] scale;

  /** {@code X X^T}, C x C, to be set before {@link #prepare} with the delta rule. */
  final float[] products;

  private final boolean delta;
  private final UnitTriangle triangle;
  private final float[] square;

  DeltaTriangle(int chunk, boolean delta, Gemm gemm, Arena scratch) {
    this.delta = delta;
    rate = new float[chunk];
    scale = new float[chunk * chunk];
    products = new float[delta ? chunk * chunk : 0];
    square = new float[delta ? chunk * chunk : 0];
    triangle = delta ? new UnitTriangle(chunk, gemm, scratch) : null;
  }

  boolean delta() {
    return delta;
  }

  void prepare(Retention retention, int n) {
    for (int t = 0; t < n; t++) {
      Tiles.multiplyRow(retention.decay, t * n, rate, scale, n);
    }
    if (delta) {
      Tiles.multiply(scale, products, square, n * n);
      triangle.invert(square, n);
    }
  }

  /** {@code T^-1}, n x n, with the delta rule. */
  Matrix inverse() {
    return triangle.inverse;
  }
}
