// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.evaluate;

/**
 * The model that knows only how often each token occurs: {@code p(t) = (count(t) + 1) / (total +
 * V)}.
 */
final class UnigramModel {
  private final long[] trainCounts;
  private final long total;

  /** Takes the counts of the training split over the vocabulary. */
  UnigramModel(long[] trainCounts) {
    this.trainCounts = trainCounts.clone();
    long sum = 0;
    for (long count : trainCounts) {
      sum += count;
    }

    this.total = sum;
  }

  /** Returns the loss of one token, nats. */
  double loss(int token) {
    return Math.log((double) total + trainCounts.length)
        - Math.log((double) trainCounts[token] + 1);
  }

  /**
   * Returns the mean loss over targets, nats per token.
   *
   * @param targetCounts how often each token is a target, over the same vocabulary; not all zero
   */
  double meanLoss(long[] targetCounts) {
    double sum = 0;
    long targets = 0;
    for (int token = 0; token < targetCounts.length; token++) {
      if (targetCounts[token] > 0) {
        sum += targetCounts[token] * loss(token);
        targets += targetCounts[token];
      }
    }

    return sum / targets;
  }
}
