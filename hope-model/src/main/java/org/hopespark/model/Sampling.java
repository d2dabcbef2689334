// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws a token from logits. */
final class Sampling {
  private Sampling() {}

  /**
   * The likeliest token at temperature 0, else one of the {@code topK} likeliest by its softmax at
   * that temperature.
   */
  static int draw(float[] logits, double temperature, int topK, SplittableRandom random) {
    int best = 0;
    for (int v = 1; v < logits.length; v++) {
      if (logits[v] > logits[best]) {
        best = v;
      }
    }
    if (temperature == 0) {
      return best;
    }
    float[] sorted = logits.clone();
    Arrays.sort(sorted);
    float lowest = sorted[Math.max(0, logits.length - topK)];
    double[] cumulative = new double[logits.length];
    double sum = 0;
    for (int v = 0; v < logits.length; v++) {
      if (logits[v] >= lowest) {
        sum += Math.exp((logits[v] - logits[best]) / temperature);
      }
      cumulative[v] = sum;
    }
    int found = Arrays.binarySearch(cumulative, random.nextDouble() * sum);
    int token = found >= 0 ? found + 1 : -found - 1;
    return Math.min(token, logits.length - 1);
  }
}
