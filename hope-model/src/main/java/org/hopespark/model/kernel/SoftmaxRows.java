// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;

/** Softmax of the first n values of a row, in place, and its adjoint from the row's logarithm. */
final class SoftmaxRows {
  private static final RowMath MATH = RowMaths.chosen();

  private SoftmaxRows() {}

  /**
   * Turns n scores into weights that sum to one.
   *
   * @return {@code log(sum(exp(score)))}, from which {@link #again} finds the same weights
   */
  static float forward(float[] row, int n) {
    float max = MATH.max(row, 0, n);
    double sum = MATH.exponentials(row, 0, n, 1, max);
    float factor = (float) (1 / sum);
    for (int i = 0; i < n; i++) {
      row[i] *= factor;
    }
    return (float) (max + Math.log(sum));
  }

  /** Turns n scores into the weights whose logarithm of the sum is known. */
  static void again(float[] row, int n, float logSum) {
    MATH.exponentials(row, 0, n, 1, logSum);
  }

  /**
   * Turns the gradient of n weights into that of their scores, in place: {@code ds = p (dp - sum(p
   * dp))}.
   *
   * @param along {@code sum(p dp)}
   */
  static void backward(float[] weights, float[] gradient, int n, float along) {
    for (int i = 0; i < n; i++) {
      gradient[i] = weights[i] * (gradient[i] - along);
    }
  }
}
