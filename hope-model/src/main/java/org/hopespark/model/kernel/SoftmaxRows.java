// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

/** Softmax of the first n values of a row, in place, and its adjoint from the row's logarithm. */
final class SoftmaxRows {
  private SoftmaxRows() {}

  /**
   * Turns n scores into weights that sum to one.
   *
   * @return {@code log(sum(exp(score)))}, from which {@link #again} finds the same weights
   */
  static float forward(float[] row, int n) {
    float max = row[0];
    for (int i = 1; i < n; i++) {
      max = Math.max(max, row[i]);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      row[i] = Exponential.of(row[i] - max);
      sum += row[i];
    }
    float factor = (float) (1 / sum);
    for (int i = 0; i < n; i++) {
      row[i] *= factor;
    }
    return (float) (max + Math.log(sum));
  }

  /** Turns n scores into the weights whose logarithm of the sum is known. */
  static void again(float[] row, int n, float logSum) {
    for (int i = 0; i < n; i++) {
      row[i] = Exponential.of(row[i] - logSum);
    }
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
