// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;

/**
 * The inner loops of the memories' writes and reads, over {@code n} elements of packed tiles from
 * {@code at} on.
 */
final class Tiles {
  private static final RowMath MATH = RowMaths.chosen();

  private Tiles() {}

  /** {@code out = a (.) b}. */
  static void multiply(float[] a, float[] b, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = a[i] * b[i];
    }
  }

  /** {@code out[at + i] = a[at + i] b[i]}. */
  static void multiplyRow(float[] a, int at, float[] b, float[] out, int n) {
    MATH.multiply(a, at, b, 0, out, at, n);
  }

  /** {@code sum += addend}. */
  static void add(float[] sum, float[] addend, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += addend[i];
    }
  }

  /** {@code sum[at + i] += addend[i]}. */
  static void add(float[] sum, int at, float[] addend, int n) {
    for (int i = 0; i < n; i++) {
      sum[at + i] += addend[i];
    }
  }

  /** {@code sum[i] += addend[at + i]}. */
  static void addRow(float[] sum, float[] addend, int at, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += addend[at + i];
    }
  }

  /** {@code sum += scale addend}. */
  static void addScaled(float[] sum, float scale, float[] addend, int at, int n) {
    MATH.addScaled(sum, at, scale, addend, at, n);
  }

  /** {@code out = scale from}. */
  static void scaledCopy(float[] out, float scale, float[] from, int at, int n) {
    MATH.scaledCopy(out, at, scale, from, at, n);
  }

  /** {@code tile *= factor}. */
  static void scale(float[] tile, float factor, int at, int n) {
    MATH.scale(tile, at, factor, n);
  }

  /** {@code sum[at + i] += a[atA + i] b[atB + i]}. */
  static void addProduct(float[] sum, int at, float[] a, int atA, float[] b, int atB, int n) {
    MATH.addProduct(sum, at, a, atA, b, atB, n);
  }

  /** Inner product of two stretches at the same place. */
  static float dot(float[] a, float[] b, int at, int n) {
    return dot(a, at, b, at, n);
  }

  /** Inner product. */
  static float dot(float[] a, int atA, float[] b, int atB, int n) {
    return MATH.dot(a, atA, b, atB, n);
  }
}
