// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import java.util.Locale;
import java.util.Optional;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.ParameterLayout;

/**
 * How many tokens an update of {@code core} sees, beside what is usual for the model and its
 * tokens: {@code B = 0.2920 C^0.3271} tokens for C floating point operations, the fit of Bi et al.
 * 2024 (DeepSeek LLM, section 3.1), with {@code C = 6 P D} for P parameters and D tokens.
 *
 * @param tokens that an update of core sees
 * @param usualTokens B
 * @param updates of core in the run
 * @param usualUpdates D / B
 */
public record UsualBatch(long tokens, double usualTokens, long updates, double usualUpdates) {
  private static final double FACTOR = 0.2920;
  private static final double EXPONENT = 0.3271;
  private static final double FLOPS_PER_PARAMETER_AND_TOKEN = 6;

  /** So many times fewer updates than usual are told. */
  private static final double TOO_FEW = 8;

  static UsualBatch of(RunConfig config) {
    double tokens = (double) LevelForecast.tokensPerStep(config) * config.training().steps();
    double flops =
        FLOPS_PER_PARAMETER_AND_TOKEN * new ParameterLayout(config.model()).size() * tokens;
    double usual = FACTOR * Math.pow(flops, EXPONENT);
    int period = config.model().core().period();
    return new UsualBatch(
        LevelForecast.tokensPerStep(config) * period,
        usual,
        config.training().steps() / period,
        tokens / usual);
  }

  /** What to say of a configuration that makes far fewer updates of core than its tokens allow. */
  Optional<String> warning() {
    double times = tokens / usualTokens;
    return times < TOO_FEW
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "core is updated once in %,d tokens, %.0f times fewer updates than these tokens allow: usual for this model are %,.0f. Lower model.core.period, training.batch-size or training.virtual-shards.",
                tokens,
                times,
                usualTokens));
  }
}
