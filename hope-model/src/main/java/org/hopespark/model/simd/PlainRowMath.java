// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.simd;

/** Runs everywhere. Sums keep four partial sums, because one would wait for itself. */
final class PlainRowMath implements RowMath {
  @Override
  public String name() {
    return "plain";
  }

  @Override
  public float dot(float[] a, int i, float[] b, int j, int n) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int t = 0;
    for (; t + 3 < n; t += 4) {
      sum0 += a[i + t] * b[j + t];
      sum1 += a[i + t + 1] * b[j + t + 1];
      sum2 += a[i + t + 2] * b[j + t + 2];
      sum3 += a[i + t + 3] * b[j + t + 3];
    }
    for (; t < n; t++) {
      sum0 += a[i + t] * b[j + t];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  @Override
  public float dot(float[] a, int i, float[] b, int j, float[] c, int k, int n) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int t = 0;
    for (; t + 3 < n; t += 4) {
      sum0 += a[i + t] * b[j + t] * c[k + t];
      sum1 += a[i + t + 1] * b[j + t + 1] * c[k + t + 1];
      sum2 += a[i + t + 2] * b[j + t + 2] * c[k + t + 2];
      sum3 += a[i + t + 3] * b[j + t + 3] * c[k + t + 3];
    }
    for (; t < n; t++) {
      sum0 += a[i + t] * b[j + t] * c[k + t];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  @Override
  public float sum(float[] a, int i, int n) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int t = 0;
    for (; t + 3 < n; t += 4) {
      sum0 += a[i + t];
      sum1 += a[i + t + 1];
      sum2 += a[i + t + 2];
      sum3 += a[i + t + 3];
    }
    for (; t < n; t++) {
      sum0 += a[i + t];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  @Override
  public float max(float[] a, int i, int n) {
    float max = a[i];
    for (int t = 1; t < n; t++) {
      max = Math.max(max, a[i + t]);
    }
    return max;
  }

  @Override
  public float exponentials(float[] x, int i, int n, float scale, float shift) {
    for (int t = i; t < i + n; t++) {
      x[t] = Exponential.of(scale * x[t] - shift);
    }
    return sum(x, i, n);
  }

  @Override
  public void logistic(float[] x, int i, float[] y, int j, int n) {
    for (int t = 0; t < n; t++) {
      y[j + t] = Logistic.value(x[i + t]);
    }
  }

  @Override
  public void scale(float[] x, int i, float factor, int n) {
    for (int t = i; t < i + n; t++) {
      x[t] *= factor;
    }
  }

  @Override
  public void scaledCopy(float[] out, int i, float factor, float[] x, int j, int n) {
    for (int t = 0; t < n; t++) {
      out[i + t] = factor * x[j + t];
    }
  }

  @Override
  public void addScaled(float[] sum, int i, float factor, float[] x, int j, int n) {
    for (int t = 0; t < n; t++) {
      sum[i + t] += factor * x[j + t];
    }
  }

  @Override
  public void multiply(float[] a, int i, float[] b, int j, float[] out, int k, int n) {
    for (int t = 0; t < n; t++) {
      out[k + t] = a[i + t] * b[j + t];
    }
  }

  @Override
  public void addProduct(float[] sum, int i, float[] a, int j, float[] b, int k, int n) {
    for (int t = 0; t < n; t++) {
      sum[i + t] += a[j + t] * b[k + t];
    }
  }

  @Override
  public void flush(float[] x, int i, int n) {
    for (int t = i; t < i + n; t++) {
      x[t] = Math.abs(x[t]) < NEGLIGIBLE ? 0 : x[t];
    }
  }
}
