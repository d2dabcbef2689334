// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;

/** Rows of length one: {@code y = x / max(|x|, 1e-6)}. */
final class UnitRows {
  private static final RowMath MATH = RowMaths.chosen();
  private static final float SMALLEST = 1e-6f;

  private UnitRows() {}

  /**
   * Scales {@code x} (rows x columns) in place and leaves the lengths, at least 1e-6, in {@code
   * lengths}.
   */
  static void forward(float[] x, int rows, int columns, float[] lengths, int at) {
    for (int r = 0; r < rows; r++) {
      int first = r * columns;
      float squares = MATH.dot(x, first, x, first, columns);
      lengths[at + r] = Math.max((float) Math.sqrt(squares), SMALLEST);
      MATH.scale(x, first, 1 / lengths[at + r], columns);
    }
  }

  /**
   * Turns the gradient of {@code y} into that of {@code x} in place: {@code dx = (dy - y (y . dy))
   * / |x|}.
   */
  static void backward(
      float[] y, float[] lengths, int at, float[] gradient, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      int first = r * columns;
      float along = 0;
      if (lengths[at + r] > SMALLEST) {
        along = MATH.dot(y, first, gradient, first, columns);
      }
      MATH.addScaled(gradient, first, -along, y, first, columns);
      MATH.scale(gradient, first, 1 / lengths[at + r], columns);
    }
  }
}
