// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.hopespark.model.InvalidConfigException;

/**
 * The six memories of one head, {@code M(z) = z + W1 sigma(W2 z)} (Eq. 89, 91), and how they write.
 *
 * <p>Rates: {@code eta = eta-max sigmoid(mean(M_eta(x)) + eta-bias)}, {@code alpha = alpha-min + (1
 * - alpha-min) sigmoid(mean(M_alpha(x)) + alpha-bias)}.
 *
 * <p>The switches from {@code read} on are the points where the paper is open, and its ablations.
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
        double alphaBias,
    @Key(
            defaultValue = "current",
            range = "current, chunk-start",
            description =
                "The M_memory that a token reads: as it stands before the token (Eq. 86), or at its chunk's start (Eq. 90).")
        String read,
    @Key(
            defaultValue = "delta",
            range = "delta, frozen",
            description =
                "How W1 writes inside a chunk: exact delta rule with rate 2 eta / (1 + 2 eta s.s), or its gradient at the chunk's start with rate 2 eta.")
        String w1,
    @Key(
            defaultValue = "true",
            range = "true, false",
            description =
                "W2 by delta gradient descent, the term W k k^T of Eq. 88; false: plain gradient descent.")
        boolean dgd,
    @Key(
            defaultValue = "true",
            range = "true, false",
            description =
                "Scale v and the self-generated values to length one; without it M_v may diverge.")
        boolean unitValues,
    @Key(
            defaultValue = "false",
            range = "true, false",
            description =
                "No outer gradient through the self-generated values (Eq. 84); M_v and the input of v then never learn.")
        boolean stopGradientValues,
    @Key(
            defaultValue = "true",
            range = "true, false",
            description =
                "Weight decay alpha of Eq. 88; false: alpha is 1, M_alpha is unused and its gradient zero.")
        boolean retention,
    @Key(
            defaultValue = "0.0",
            range = "0 to 1, below 1",
            description =
                "theta of Titans' surprise: S = theta S - rate e x^T, M = alpha M + S. Above 0 every memory carries S too.")
        double momentum,
    @Key(
            defaultValue = "true",
            range = "true, false",
            description =
                "Input matrices of their own for k and v; false: they share that of eta and alpha.")
        boolean ownInputs,
    @Key(
            defaultValue = "true",
            range = "true, false",
            description = "Output gate 2 sigmoid(W u) on the memory's normed output.")
        boolean gate,
    @Key(
            defaultValue = "[k, v, eta, alpha, memory]",
            range = "any of k, v, q, eta, alpha, memory",
            description =
                "The memories that write; one left out stays as it starts. With q there is a sixth memory M_q behind W_q.")
        List<String> adaptive) {

  /** The memories of the default, which has no M_q but the matrix W_q. */
  public static final List<String> MEMORIES = List.of("k", "v", "eta", "alpha", "memory");

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
    Checks.oneOf("model.memory.read", read, "current", "chunk-start");
    Checks.oneOf("model.memory.w1", w1, "delta", "frozen");
    Checks.range("model.memory.momentum", momentum, 0, Math.nextDown(1.0));
    for (String memory : adaptive) {
      Checks.oneOf("model.memory.adaptive", memory, "k", "v", "q", "eta", "alpha", "memory");
    }
    if (new HashSet<>(adaptive).size() < adaptive.size()) {
      throw new InvalidConfigException(
          "Invalid model.memory.adaptive %s: a memory stands in it twice. Name it once."
              .formatted(adaptive));
    }
    if (!adaptive.isEmpty() && !adaptive.contains("memory")) {
      throw new InvalidConfigException(
          "Invalid model.memory.adaptive %s: what the others learn reaches the output through memory only. Add memory, or leave the list empty."
              .formatted(adaptive));
    }
    adaptive = List.copyOf(adaptive);
  }

  /** Memories with a state of their own, in the order of their parameters. */
  public List<String> memories() {
    List<String> memories = new ArrayList<>(MEMORIES);
    if (adaptive.contains("q")) {
      memories.add("q");
    }
    return memories;
  }

  /** Matrices on the Titans' input, in the order of their rows in one product. */
  public List<String> inputs() {
    List<String> inputs = new ArrayList<>(List.of("q", "x"));
    if (ownInputs) {
      inputs.addAll(List.of("k", "v"));
    }
    if (gate) {
      inputs.add("gate");
    }
    return inputs;
  }

  /** Whether the memory of this name writes to itself. */
  public boolean writes(String memory) {
    return adaptive.contains(memory) && (retention || !memory.equals("alpha"));
  }

  /** Whether W1 follows the exact delta rule. */
  public boolean deltaW1() {
    return w1.equals("delta");
  }

  /** Whether a token reads M_memory as it stands before it, inside the chunk too. */
  public boolean readsCurrent() {
    return read.equals("current") && writes("memory");
  }
}
