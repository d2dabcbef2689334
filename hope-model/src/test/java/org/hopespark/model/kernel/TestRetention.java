// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The factors of a chunk against their definition as sums of products, in double: what write s has
 * become after token t is {@code sum_{s<=j<=t} theta^(j-s) alpha_{j+1} ... alpha_t}.
 */
class TestRetention {
  private static final long SEED = 31;

  /** Chunks of 1, odd and long; retentions near 1, and so small that products leave float32. */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 0.9, 1", "5, 0, 0.9, 0.9", "64, 0, 0.99, 1", "257, 0, 0.99, 1", "200, 0, 0.5, 0.6",
    "1, 0.6, 0.5, 1", "5, 0.6, 0.5, 1", "64, 0.9, 0.99, 1", "64, 0.95, 1, 1", "257, 0.9, 0.99, 1"
  })
  void factorsEqualTheirDefinition(int n, double theta, double low, double high) {
    double[] alpha = alphas(n, low, high);
    Retention retention = forward(alpha, n, theta);
    // One rounding per token: half a unit in the last place each, all terms being positive. What
    // is below the normal numbers of float32 counts as nothing.
    double relative = 6e-8 * (n + 4);
    double smallest = 1e-37;
    for (int t = 0; t < n; t++) {
      assertThat((double) retention.start[t])
          .isCloseTo(product(alpha, 0, t), within(relative * product(alpha, 0, t) + smallest));
      double surprise = theta == 0 ? 0 : theta * write(alpha, theta, 0, t);
      assertThat((double) retention.surprise[t])
          .isCloseTo(t == 0 ? 0 : surprise, within(relative * surprise + smallest));
      for (int s = 0; s < n; s++) {
        double expected = s < t ? write(alpha, theta, s, t) : 0;
        assertThat((double) retention.decay[t * n + s])
            .as("decay from %d to %d", s, t)
            .isCloseTo(expected, within(relative * expected + smallest));
      }
      double tail = write(alpha, theta, t, n);
      assertThat((double) retention.tail[t]).isCloseTo(tail, within(relative * tail + smallest));
      assertThat((double) retention.carried[t])
          .isCloseTo(Math.pow(theta, n - 1 - t), within(relative));
    }
    assertThat((double) retention.end)
        .isCloseTo(product(alpha, 0, n), within(relative * product(alpha, 0, n) + smallest));
    assertThat((double) retention.carriedEnd).isCloseTo(Math.pow(theta, n), within(relative));
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "7, 0", "12, 0.7"})
  void gradientEqualsCentralDifferences(int n, double theta) {
    double[] alpha = alphas(n, 0.6, 1);
    SplittableRandom random = new SplittableRandom(SEED);
    double[] weights = random.doubles((n + 3L) * n + 2, -1, 1).toArray();
    Retention retention = forward(alpha, n, theta);
    for (int t = 0; t < n; t++) {
      retention.dStart[t] = (float) weights[t];
      retention.dSurprise[t] = (float) weights[n + t];
      retention.dTail[t] = (float) weights[2 * n + t];
      for (int s = 0; s < n; s++) {
        retention.dDecay[t * n + s] = (float) weights[3 * n + t * n + s];
      }
    }
    retention.dEnd = (float) weights[3 * n + n * n];
    retention.dSurpriseEnd = (float) weights[3 * n + n * n + 1];
    float[] gradient = new float[n + 2];
    gradient[1] = 1;
    retention.backward(gradient, 1);
    // The gradient is added, at the place of the tokens.
    assertThat(gradient[0]).isZero();
    assertThat(gradient[n + 1]).isZero();
    for (int t = 0; t < n; t++) {
      double h = 1e-6;
      double actual =
          (sum(alpha, n, theta, weights, t, h) - sum(alpha, n, theta, weights, t, -h)) / (2 * h);
      assertThat((double) gradient[1 + t] - (t == 0 ? 1 : 0)).isCloseTo(actual, within(2e-5));
    }
  }

  @Test
  void withoutRetentionAndMomentumNothingIsLost() {
    Retention retention = forward(new double[] {1, 1, 1, 1}, 4, 0);
    assertThat(Arrays.copyOf(retention.start, 4)).containsExactly(1, 1, 1, 1);
    assertThat(Arrays.copyOf(retention.tail, 4)).containsExactly(1, 1, 1, 1);
    assertThat(retention.end).isEqualTo(1);
    assertThat(retention.surpriseEnd).isZero();
  }

  // The weighted sum of all factors, alpha[changed] moved by h.
  private static double sum(
      double[] alphas, int n, double theta, double[] weights, int changed, double h) {
    double[] alpha = alphas.clone();
    alpha[changed] += h;
    double sum = 0;
    for (int t = 0; t < n; t++) {
      sum += weights[t] * product(alpha, 0, t);
      sum += weights[n + t] * (t == 0 ? 0 : theta * write(alpha, theta, 0, t));
      sum += weights[2 * n + t] * write(alpha, theta, t, n);
      for (int s = 0; s < t; s++) {
        sum += weights[3 * n + t * n + s] * write(alpha, theta, s, t);
      }
    }
    sum += weights[3 * n + n * n] * product(alpha, 0, n);
    return sum + weights[3 * n + n * n + 1] * theta * write(alpha, theta, 0, n);
  }

  // What write s (from 0) has become after t tokens, t > s.
  private static double write(double[] alpha, double theta, int s, int t) {
    double sum = 0;
    for (int j = s; j < t; j++) {
      sum += Math.pow(theta, j - s) * product(alpha, j + 1, t);
    }
    return sum;
  }

  private static double product(double[] alpha, int from, int to) {
    double product = 1;
    for (int i = from; i < to; i++) {
      product *= alpha[i];
    }
    return product;
  }

  private static double[] alphas(int n, double low, double high) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] alpha = new double[n];
    for (int t = 0; t < n; t++) {
      alpha[t] = (float) (low + (high - low) * random.nextDouble());
    }
    return alpha;
  }

  private static Retention forward(double[] alpha, int n, double theta) {
    float[] floats = new float[n + 3];
    for (int t = 0; t < n; t++) {
      floats[3 + t] = (float) alpha[t];
    }
    // A chunk that is longer than its tokens, as the last one may be.
    Retention retention = new Retention(n + 2, theta);
    retention.forward(floats, 3, n);
    return retention;
  }
}
