// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

/** Softmax attention, where the architecture has it. */
public record AttentionConfig(
    @Key(
            defaultValue = "0",
            range = "0 to 16 tokens",
            description =
                "Window of the causal depthwise convolution on the attention's input; 0 for none.")
        int convolution,
    @Key(
            defaultValue = "10000.0",
            range = "1 to 1e9",
            description =
                "Base of the rotary positions: the slowest pair of a head turns by about 1 / base per token.")
        double ropeBase) {

  public AttentionConfig {
    Checks.range("model.attention.convolution", convolution, 0, 16);
    Checks.range("model.attention.rope-base", ropeBase, 1, 1e9);
  }
}
