// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.config.MemoryConfig;

/**
 * Write rate and retention of a token from the outputs of M_eta and M_alpha (d values each): {@code
 * eta = eta-max s(mean + eta-bias)}, {@code alpha = alpha-min + (1 - alpha-min) s(mean +
 * alpha-bias)}, s the logistic function.
 */
final class Gates {
  private final int width;
  private final float etaMax;
  private final float etaBias;
  private final float alphaMin;
  private final float alphaBias;

  Gates(int width, MemoryConfig config) {
    this.width = width;
    etaMax = (float) config.etaMax();
    etaBias = (float) config.etaBias();
    alphaMin = (float) config.alphaMin();
    alphaBias = (float) config.alphaBias();
  }

  void eta(float[] outputs, int n, float[] eta, int at) {
    for (int t = 0; t < n; t++) {
      eta[at + t] = etaMax * logistic(mean(outputs, t) + etaBias);
    }
  }

  void alpha(float[] outputs, int n, float[] alpha, int at) {
    for (int t = 0; t < n; t++) {
      alpha[at + t] = alphaMin + (1 - alphaMin) * logistic(mean(outputs, t) + alphaBias);
    }
  }

  /**
   * Overwrites {@code dOutputs} (n x d) from the gradient of eta; eta' = eta (1 - eta / eta-max).
   */
  void etaBackward(float[] eta, float[] dEta, int at, int n, float[] dOutputs) {
    for (int t = 0; t < n; t++) {
      float slope = etaMax == 0 ? 0 : eta[at + t] * (1 - eta[at + t] / etaMax);
      spread(dOutputs, t, dEta[at + t] * slope);
    }
  }

  /** Overwrites {@code dOutputs} (n x d) from the gradient of alpha. */
  void alphaBackward(float[] alpha, float[] dAlpha, int at, int n, float[] dOutputs) {
    for (int t = 0; t < n; t++) {
      float above = alpha[at + t] - alphaMin;
      spread(dOutputs, t, dAlpha[at + t] * above * (1 - above / (1 - alphaMin)));
    }
  }

  // One number per token, and 1 - alpha is small: here precision is worth more than speed.
  private static float logistic(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }

  private float mean(float[] outputs, int t) {
    float sum = 0;
    for (int i = t * width; i < (t + 1) * width; i++) {
      sum += outputs[i];
    }
    return sum / width;
  }

  private void spread(float[] dOutputs, int t, float gradient) {
    for (int i = t * width; i < (t + 1) * width; i++) {
      dOutputs[i] = gradient / width;
    }
  }
}
