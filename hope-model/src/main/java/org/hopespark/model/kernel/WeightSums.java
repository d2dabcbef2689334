// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;
import org.hopespark.model.tensor.Matrix;

/** Passes over all elements of a memory's weights. */
final class WeightSums {
  private static final RowMath MATH = RowMaths.chosen();

  private final float[] a;
  private final float[] b;

  /** For windows of up to {@code largest} elements. */
  WeightSums(int largest) {
    a = new float[largest];
    b = new float[largest];
  }

  /** {@code sum += scale * addend}. */
  void add(Matrix sum, float scale, Matrix addend) {
    addend.load(a);
    addScaled(sum, scale);
  }

  /**
   * {@code sum += scale * addend}; returns the inner product of {@code addend} and {@code other}.
   */
  float addAndDot(Matrix sum, float scale, Matrix addend, Matrix other) {
    addend.load(a);
    other.load(b);
    float product = Tiles.dot(a, b, 0, sum.rows() * sum.columns());
    addScaled(sum, scale);
    return product;
  }

  private void addScaled(Matrix sum, float scale) {
    sum.load(b);
    Tiles.addScaled(b, scale, a, 0, sum.rows() * sum.columns());
    sum.store(b);
  }

  /** Takes elements that are nothing beside the others for zero. */
  void flush(Matrix weight) {
    weight.load(a);
    MATH.flush(a, 0, weight.rows() * weight.columns());
    weight.store(a);
  }
}
