// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.simd;

/**
 * Arithmetic over rows of {@code float[]} that HotSpot does not turn into vector instructions by
 * itself: sums, whose order the language fixes, exponentials, and anything over rows of a few
 * vectors, of which its loops leave most to the scalar ends. Everything else is a plain loop where
 * it is needed. A row is an array, the index of its first element, and a length shared by all rows
 * of a call.
 *
 * <p>Implementations differ in the order of their sums and in the last bits of their exponentials,
 * never in more; one of them is chosen per process ({@link RowMaths#chosen}).
 */
public interface RowMath {
  /**
   * 2^-60: nearer to zero than this a value is nothing beside weights and gradients of order one,
   * and the product of two that are not is still far from the subnormal numbers, below 2^-126.
   */
  float NEGLIGIBLE = 8.6736174e-19f;

  /** {@code plain} or {@code vector-<bits>}, for logs and reports. */
  String name();

  /** {@code sum a b}. */
  float dot(float[] a, int i, float[] b, int j, int n);

  /** {@code sum a b c}. */
  float dot(float[] a, int i, float[] b, int j, float[] c, int k, int n);

  /** {@code sum a}. */
  float sum(float[] a, int i, int n);

  /** The largest of at least one value; NaN if one of them is. */
  float max(float[] a, int i, int n);

  /**
   * Replaces x by {@code exp(scale x - shift)} and returns the sum of the new values. Relative
   * error below 3e-7. Arguments outside [-87.3, 88.3] are taken as the nearer end, so results are
   * positive and finite; NaN stays NaN.
   */
  float exponentials(float[] x, int i, int n, float scale, float shift);

  /**
   * {@code y = 1 / (1 + exp(-x))}, absolute error below 4e-7, zero where it would be {@link
   * #NEGLIGIBLE}; {@code x} and {@code y} may be one.
   */
  void logistic(float[] x, int i, float[] y, int j, int n);

  /** {@code x *= factor}. */
  void scale(float[] x, int i, float factor, int n);

  /** {@code out = factor x}. */
  void scaledCopy(float[] out, int i, float factor, float[] x, int j, int n);

  /** {@code sum += factor x}. */
  void addScaled(float[] sum, int i, float factor, float[] x, int j, int n);

  /** {@code out = a (.) b}. */
  void multiply(float[] a, int i, float[] b, int j, float[] out, int k, int n);

  /** {@code sum += a (.) b}. */
  void addProduct(float[] sum, int i, float[] a, int j, float[] b, int k, int n);

  /**
   * Replaces values nearer to zero than {@link #NEGLIGIBLE} by zero; NaN stays NaN. What is scaled
   * down again and again ends as subnormal numbers (below 1.2e-38), of which one product takes some
   * processors as long as a hundred others.
   */
  void flush(float[] x, int i, int n);
}
