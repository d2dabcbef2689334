// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;

/**
 * What the state before token t of a chunk still holds of the chunk's first state and of older
 * writes. Every weight follows {@code S_t = theta S_{t-1} - w_t}, {@code M_t = alpha_t M_{t-1} +
 * S_t}, where w is a write and theta the momentum, so
 *
 * <pre>{@code
 * M_t = A_t M_0 + c0_t S_0 - sum_{s<=t} c_ts w_s
 * A_t = alpha_t A_{t-1},  c0_t = alpha_t c0_{t-1} + theta^t,  c_ts = alpha_t c_{t-1,s} + theta^(t-s)
 * S_C = theta^C S_0 - sum_s theta^(C-s) w_s
 * }</pre>
 *
 * <p>Without momentum {@code c_ts} is the product of the retentions after s, and S is nothing but
 * the last write. All factors are row t of one recurrence in t, without an exponential or a
 * logarithm, and its adjoint runs the rows backward.
 */
final class Retention {
  /** {@code A_{t-1}}: what is left of the chunk's first state before token t. Shape C. */
  final float[] start;

  /** {@code c0_{t-1}}: what the chunk's first surprise has become before token t. Shape C. */
  final float[] surprise;

  /** {@code c_{t-1,s}}: what is left of write s before token t, 0 for s >= t. Shape C x C. */
  final float[] decay;

  /** {@code c_Cs}: what is left of write s at the end of the chunk. Shape C. */
  final float[] tail;

  /** {@code theta^(C-s)}: what is left of write s in the surprise at the end. Shape C. */
  final float[] carried;

  /** {@code A_C}, {@code c0_C} and {@code theta^C}. */
  float end;

  float surpriseEnd;
  float carriedEnd;

  /** Gradients of the factors that depend on the retentions. */
  final float[] dStart;

  final float[] dSurprise;
  final float[] dDecay;
  final float[] dTail;
  float dEnd;
  float dSurpriseEnd;

  private final boolean momentum;
  private final float[] alphas;
  // theta^0, theta^1, ... from the last element to the first, as a row of factors needs them.
  private final float[] powers;
  private int n;

  Retention(int chunk, double theta) {
    momentum = theta > 0;
    start = new float[chunk];
    surprise = new float[chunk];
    decay = new float[chunk * chunk];
    tail = new float[chunk];
    carried = new float[chunk];
    dStart = new float[chunk];
    dSurprise = new float[chunk];
    dDecay = new float[chunk * chunk];
    dTail = new float[chunk];
    alphas = new float[chunk];
    powers = new float[chunk + 1];
    for (int i = 0; i <= chunk; i++) {
      powers[chunk - i] = (float) Math.pow(theta, (double) i);
    }
  }

  /**
   * Computes the factors for the {@code n} tokens whose retentions stand at {@code alpha[at..]},
   * and clears their gradients.
   */
  void forward(float[] alpha, int at, int n) {
    this.n = n;
    System.arraycopy(alpha, at, alphas, 0, n);
    Arrays.fill(tail, 0, n, 0);
    end = 1;
    surpriseEnd = 0;
    for (int t = 0; t < n; t++) {
      start[t] = end;
      surprise[t] = surpriseEnd;
      System.arraycopy(tail, 0, decay, t * n, n);
      end *= alphas[t];
      Tiles.scale(tail, alphas[t], 0, t);
      if (momentum) {
        surpriseEnd = alphas[t] * surpriseEnd + power(t + 1);
        Tiles.addRow(tail, powers, powers.length - 1 - t, t);
      }
      tail[t] = 1;
    }
    carriedEnd = momentum ? power(n) : 0;
    System.arraycopy(powers, powers.length - n, carried, 0, n);
    Arrays.fill(dStart, 0, n, 0);
    Arrays.fill(dSurprise, 0, n, 0);
    Arrays.fill(dDecay, 0, n * n, 0);
    Arrays.fill(dTail, 0, n, 0);
    dEnd = 0;
    dSurpriseEnd = 0;
  }

  /** Adds the gradient of the retentions to {@code dAlpha[at..]}; destroys {@link #dTail}. */
  void backward(float[] dAlpha, int at) {
    for (int t = n - 1; t >= 0; t--) {
      dAlpha[at + t] +=
          dEnd * start[t] + dSurpriseEnd * surprise[t] + Tiles.dot(dTail, 0, decay, t * n, t);
      dEnd = alphas[t] * dEnd + dStart[t];
      dSurpriseEnd = alphas[t] * dSurpriseEnd + dSurprise[t];
      Tiles.scale(dTail, alphas[t], 0, t);
      Tiles.addRow(dTail, dDecay, t * n, t);
    }
  }

  private float power(int exponent) {
    return powers[powers.length - 1 - exponent];
  }
}
