// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;

/**
 * What a chunk keeps of older writes, from the retention alpha of its tokens: with {@code g_t =
 * sum_{s<=t} log alpha_s} and {@code g_0 = 0}, the decay from write s to the state before token t
 * is {@code exp(g_{t-1} - g_s)}. Exponents are never positive.
 */
final class Retention {
  /** {@code exp(g_{t-1})}: what is left of the chunk's first state before token t. Shape C. */
  final float[] start;

  /** {@code exp(g_C - g_s)}: what is left of write s at the end of the chunk. Shape C. */
  final float[] tail;

  /** {@code exp(g_{t-1} - g_s)} for s below t, else 0. Shape C x C. */
  final float[] decay;

  /** {@code exp(g_C)}: what is left of the chunk's first state at its end. */
  float end;

  /** Gradients of {@link #start}, {@link #tail} and {@link #end}. */
  final float[] dStart;

  final float[] dTail;
  float dEnd;

  private final float[] sums;
  private final float[] alphas;
  private final float[] dSums;
  private int n;

  Retention(int chunk) {
    start = new float[chunk];
    tail = new float[chunk];
    decay = new float[chunk * chunk];
    dStart = new float[chunk];
    dTail = new float[chunk];
    sums = new float[chunk];
    alphas = new float[chunk];
    dSums = new float[chunk];
  }

  /**
   * Computes the factors for the {@code n} tokens whose retentions stand at {@code alpha[at..]}.
   */
  void forward(float[] alpha, int at, int n) {
    this.n = n;
    double sum = 0;
    for (int t = 0; t < n; t++) {
      start[t] = (float) Math.exp(sum);
      alphas[t] = alpha[at + t];
      sum += Math.log(alphas[t]);
      sums[t] = (float) sum;
    }
    end = (float) Math.exp(sum);
    for (int s = 0; s < n; s++) {
      tail[s] = (float) Math.exp(sum - sums[s]);
    }
    for (int t = 0; t < n; t++) {
      float before = t == 0 ? 0 : sums[t - 1];
      for (int s = 0; s < n; s++) {
        decay[t * n + s] = s < t ? (float) Math.exp(before - sums[s]) : 0;
      }
    }
    Arrays.fill(dStart, 0, n, 0);
    Arrays.fill(dTail, 0, n, 0);
    Arrays.fill(dSums, 0, n, 0);
    dEnd = 0;
  }

  /**
   * Adds the gradient that reaches the decay through {@code scaled = decay (.) anything}, given
   * that of {@code scaled}: the product of both is the gradient of the exponent.
   */
  void addDecayGradient(float[] dScaled, float[] scaled) {
    for (int t = 1; t < n; t++) {
      for (int s = 0; s < t; s++) {
        float exponent = dScaled[t * n + s] * scaled[t * n + s];
        dSums[t - 1] += exponent;
        dSums[s] -= exponent;
      }
    }
  }

  /** Adds the gradient of the retentions to {@code dAlpha[at..]}. */
  void backward(float[] dAlpha, int at) {
    for (int t = 1; t < n; t++) {
      dSums[t - 1] += start[t] * dStart[t];
    }
    for (int s = 0; s < n; s++) {
      dSums[s] -= tail[s] * dTail[s];
      dSums[n - 1] += tail[s] * dTail[s];
    }
    dSums[n - 1] += end * dEnd;
    float later = 0;
    for (int t = n - 1; t >= 0; t--) {
      later += dSums[t];
      dAlpha[at + t] += later / alphas[t];
    }
  }
}
