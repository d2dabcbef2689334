// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.evaluate;

/**
 * Losses of a model over scored targets.
 *
 * @param lossSum over all targets, nats
 * @param textLossSum over the targets that are text, nats; end-of-text targets are no text
 * @param targets number of targets
 * @param textBytes bytes of the targets that are text
 */
record Score(double lossSum, double textLossSum, long targets, long textBytes) {
  static final Score NONE = new Score(0, 0, 0, 0);

  Score plus(Score other) {
    return new Score(
        lossSum + other.lossSum,
        textLossSum + other.textLossSum,
        targets + other.targets,
        textBytes + other.textBytes);
  }

  /** Returns the mean loss, nats per token. */
  double loss() {
    return lossSum / targets;
  }

  double perplexity() {
    return Math.exp(loss());
  }

  /**
   * Returns the bits that the model needs for a byte of text. What it pays for the ends of
   * documents is left out: they have no bytes.
   */
  double bitsPerByte() {
    return textLossSum / (Math.log(2) * textBytes);
  }
}
