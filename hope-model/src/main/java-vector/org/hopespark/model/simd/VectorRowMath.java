// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.simd;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static org.hopespark.model.simd.Lanes.constant;
import static org.hopespark.model.simd.Lanes.exponential;
import static org.hopespark.model.simd.Lanes.row;
import static org.hopespark.model.simd.Lanes.zero;

import jdk.incubator.vector.FloatVector;

/**
 * The Vector API of JDK 17, in the widest vectors that the processor has. What does not fill a
 * vector is left to plain Java. Sums keep four vectors, so that the additions of one do not wait
 * for each other; how a row is cut depends on its length alone.
 */
final class VectorRowMath implements RowMath {
  private static final int LANES = Lanes.COUNT;

  private final RowMath rest = new PlainRowMath();

  VectorRowMath() {
    if (LANES < 4) {
      throw new IllegalStateException(
          "Cannot use vector kernels [%d floats in a vector]: at least 4 are needed. Set -Dhope.kernels=plain."
              .formatted(LANES));
    }
  }

  @Override
  public String name() {
    return "vector-" + Lanes.BITS;
  }

  @Override
  public float dot(float[] a, int i, float[] b, int j, int n) {
    FloatVector sum0 = zero();
    FloatVector sum1 = sum0;
    FloatVector sum2 = sum0;
    FloatVector sum3 = sum0;
    int t = 0;
    for (; t + 4 * LANES <= n; t += 4 * LANES) {
      sum0 = row(a, i + t).fma(row(b, j + t), sum0);
      sum1 = row(a, i + t + LANES).fma(row(b, j + t + LANES), sum1);
      sum2 = row(a, i + t + 2 * LANES).fma(row(b, j + t + 2 * LANES), sum2);
      sum3 = row(a, i + t + 3 * LANES).fma(row(b, j + t + 3 * LANES), sum3);
    }
    for (; t + LANES <= n; t += LANES) {
      sum0 = row(a, i + t).fma(row(b, j + t), sum0);
    }
    float sum = sum0.add(sum1).add(sum2.add(sum3)).reduceLanes(ADD);
    return t < n ? sum + rest.dot(a, i + t, b, j + t, n - t) : sum;
  }

  @Override
  public float dot(float[] a, int i, float[] b, int j, float[] c, int k, int n) {
    FloatVector sum0 = zero();
    FloatVector sum1 = sum0;
    int t = 0;
    for (; t + 2 * LANES <= n; t += 2 * LANES) {
      sum0 = row(a, i + t).mul(row(b, j + t)).fma(row(c, k + t), sum0);
      sum1 = row(a, i + t + LANES).mul(row(b, j + t + LANES)).fma(row(c, k + t + LANES), sum1);
    }
    for (; t + LANES <= n; t += LANES) {
      sum0 = row(a, i + t).mul(row(b, j + t)).fma(row(c, k + t), sum0);
    }
    float sum = sum0.add(sum1).reduceLanes(ADD);
    return t < n ? sum + rest.dot(a, i + t, b, j + t, c, k + t, n - t) : sum;
  }

  @Override
  public float sum(float[] a, int i, int n) {
    FloatVector sum0 = zero();
    FloatVector sum1 = sum0;
    int t = 0;
    for (; t + 2 * LANES <= n; t += 2 * LANES) {
      sum0 = sum0.add(row(a, i + t));
      sum1 = sum1.add(row(a, i + t + LANES));
    }
    for (; t + LANES <= n; t += LANES) {
      sum0 = sum0.add(row(a, i + t));
    }
    float sum = sum0.add(sum1).reduceLanes(ADD);
    return t < n ? sum + rest.sum(a, i + t, n - t) : sum;
  }

  @Override
  public float max(float[] a, int i, int n) {
    if (n < LANES) {
      return rest.max(a, i, n);
    }
    FloatVector max = row(a, i);
    int t = LANES;
    for (; t + LANES <= n; t += LANES) {
      max = max.max(row(a, i + t));
    }
    // The last vector overlaps: a maximum may see a value twice.
    max = max.max(row(a, i + n - LANES));
    return max.reduceLanes(MAX);
  }

  @Override
  public float exponentials(float[] x, int i, int n, float scale, float shift) {
    FloatVector factor = constant(scale);
    FloatVector minus = constant(-shift);
    // One loop with one sum: written as in dot, HotSpot 17 makes an object of a sum per iteration.
    FloatVector sums = zero();
    int t = 0;
    for (; t + LANES <= n; t += LANES) {
      FloatVector value = exponential(row(x, i + t).fma(factor, minus));
      value.intoArray(x, i + t);
      sums = sums.add(value);
    }
    float sum = sums.reduceLanes(ADD);
    return t < n ? sum + rest.exponentials(x, i + t, n - t, scale, shift) : sum;
  }

  @Override
  public void logistic(float[] x, int i, float[] y, int j, int n) {
    int t = 0;
    for (; t + LANES <= n; t += LANES) {
      Lanes.logistic(row(x, i + t)).intoArray(y, j + t);
    }
    if (t < n) {
      rest.logistic(x, i + t, y, j + t, n - t);
    }
  }

  @Override
  public void scale(float[] x, int i, float factor, int n) {
    int t = 0;
    for (; t + LANES <= n; t += LANES) {
      row(x, i + t).mul(factor).intoArray(x, i + t);
    }
    if (t < n) {
      rest.scale(x, i + t, factor, n - t);
    }
  }

  @Override
  public void scaledCopy(float[] out, int i, float factor, float[] x, int j, int n) {
    int t = 0;
    for (; t + LANES <= n; t += LANES) {
      row(x, j + t).mul(factor).intoArray(out, i + t);
    }
    if (t < n) {
      rest.scaledCopy(out, i + t, factor, x, j + t, n - t);
    }
  }

  @Override
  public void addScaled(float[] sum, int i, float factor, float[] x, int j, int n) {
    FloatVector factors = constant(factor);
    int t = 0;
    for (; t + LANES <= n; t += LANES) {
      row(x, j + t).fma(factors, row(sum, i + t)).intoArray(sum, i + t);
    }
    if (t < n) {
      rest.addScaled(sum, i + t, factor, x, j + t, n - t);
    }
  }

  @Override
  public void multiply(float[] a, int i, float[] b, int j, float[] out, int k, int n) {
    int t = 0;
    for (; t + LANES <= n; t += LANES) {
      row(a, i + t).mul(row(b, j + t)).intoArray(out, k + t);
    }
    if (t < n) {
      rest.multiply(a, i + t, b, j + t, out, k + t, n - t);
    }
  }

  @Override
  public void addProduct(float[] sum, int i, float[] a, int j, float[] b, int k, int n) {
    int t = 0;
    for (; t + LANES <= n; t += LANES) {
      row(a, j + t).fma(row(b, k + t), row(sum, i + t)).intoArray(sum, i + t);
    }
    if (t < n) {
      rest.addProduct(sum, i + t, a, j + t, b, k + t, n - t);
    }
  }

  @Override
  public void flush(float[] x, int i, int n) {
    int t = 0;
    for (; t + LANES <= n; t += LANES) {
      FloatVector value = row(x, i + t);
      value.blend(0, value.abs().compare(LT, NEGLIGIBLE)).intoArray(x, i + t);
    }
    if (t < n) {
      rest.flush(x, i + t, n - t);
    }
  }
}
