// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

/**
 * The six memories of one head, {@code M(z) = z + W1 sigma(W2 z)} (Eq. 89, 91), and how they write.
 *
 * <p>Rates: {@code eta = eta-max sigmoid(mean(M_eta(x)) + eta-bias)}, {@code alpha = alpha-min + (1
 * - alpha-min) sigmoid(mean(M_alpha(x)) + alpha-bias)}.
 */
public record MemoryConfig(
    @Key(
            defaultValue = "64",
            range = "1 to 1024 tokens",
            description = "Chunk of M_memory: its writes are computed together (Eq. 90).")
        int chunk,
    @Key(
            defaultValue = "64",
            range = "1 to 1024 tokens",
            description = "Chunk of M_k, M_v, M_eta and M_alpha.")
        int projectionChunk,
    @Key(
            defaultValue = "1.0",
            range = "0.125 to 8",
            description = "Hidden width of a memory over the width of a head.")
        double hiddenRatio,
    @Key(
            defaultValue = "4",
            range = "1 to 16 tokens",
            description = "Window of the causal depthwise convolution on the Titans' input.")
        int convolution,
    @Key(defaultValue = "4.0", range = "0 to 100", description = "Upper bound of the write rate.")
        double etaMax,
    @Key(
            defaultValue = "-3.0",
            range = "-20 to 20",
            description = "Where the write rate starts: eta-max sigmoid(eta-bias).")
        double etaBias,
    @Key(defaultValue = "0.05", range = "0 to 1", description = "Write rate of W2 over that of W1.")
        double w2Rate,
    @Key(
            defaultValue = "0.5",
            range = "0 to 1, below 1",
            description = "Lower bound of the retention alpha.")
        double alphaMin,
    @Key(
            defaultValue = "6.0",
            range = "-20 to 20",
            description = "Where the retention starts: close to 1 for large values.")
        double alphaBias) {

  public MemoryConfig {
    Checks.range("model.memory.chunk", chunk, 1, 1024);
    Checks.range("model.memory.projection-chunk", projectionChunk, 1, 1024);
    Checks.range("model.memory.hidden-ratio", hiddenRatio, 0.125, 8);
    Checks.range("model.memory.convolution", convolution, 1, 16);
    Checks.range("model.memory.eta-max", etaMax, 0, 100);
    Checks.range("model.memory.eta-bias", etaBias, -20, 20);
    Checks.range("model.memory.w2-rate", w2Rate, 0, 1);
    Checks.range("model.memory.alpha-min", alphaMin, 0, Math.nextDown(1.0));
    Checks.range("model.memory.alpha-bias", alphaBias, -20, 20);
  }
}
