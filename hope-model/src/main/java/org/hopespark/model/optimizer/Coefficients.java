// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import org.hopespark.model.config.OptimizerConfig;

/**
 * What one update of a level multiplies with.
 *
 * @param scale of the summed gradient: its weight, cut to the longest norm allowed
 * @param rate the learning rate
 * @param decay rate times weight decay
 * @param corrected rate over the bias correction of AdamW's first moment
 * @param root one over the root of the bias correction of AdamW's second moment
 */
public record Coefficients(float scale, float rate, float decay, float corrected, float root) {
  /**
   * The coefficients of an update.
   *
   * @param norm of the weighted gradient
   * @param weight multiplies the summed gradient; one over the number of target tokens makes it the
   *     mean
   * @param update which update of its level it is, from 1
   */
  public static Coefficients of(
      OptimizerConfig config, double norm, double weight, long update, double rate) {
    double scale = norm > config.clipNorm() ? weight * config.clipNorm() / norm : weight;
    double correction1 = 1 - StrictMath.pow(config.beta1(), (double) update);
    double correction2 = 1 - StrictMath.pow(config.beta2(), (double) update);
    return new Coefficients(
        (float) scale,
        (float) rate,
        (float) (rate * config.weightDecay()),
        (float) (rate / correction1),
        (float) (1 / Math.sqrt(correction2)));
  }
}
