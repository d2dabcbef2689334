// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.TensorSpec;
import org.hopespark.model.twin.DoubleNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * I6: the product's own chunk form, compiled in double, against the token loop in double, with the
 * gradients of every tensor. Float32 is not in the way here, so a term that is small in the
 * comparisons in float32 cannot hide.
 */
class TestChunkFormInFloat64 {
  // Of the largest element. Double rounds at 1e-16; 70 tokens of writes amplify it.
  private static final double TOLERANCE = 1e-12;

  // Two chunks of the longest, the second cut short.
  private static final int TOKENS = 70;
  private static final long SEED = 6_010_000;

  static IntStream chunks() {
    return IntStream.rangeClosed(1, 64);
  }

  @ParameterizedTest
  @MethodSource("chunks")
  void property01_chunkFormEqualsTheTokenLoopWithItsGradients(int chunk) {
    // Every value from 1 to 64 once, and that of the chunk at 1, 17, 33 and 49 only.
    int projectionChunk = 1 + (37 * chunk + 27) % 64;
    long seed = SEED + chunk;
    System.out.printf("chunk %d, projection chunk %d, seed %d", chunk, projectionChunk, seed);
    ModelConfig model = model(chunk, projectionChunk);
    ParameterLayout layout = new ParameterLayout(model);
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = random.doubles(layout.size(), -0.6, 0.6).toArray();
    int[] ids = random.ints(TOKENS + 1, 0, model.vocabularySize()).toArray();
    try (DoubleNetwork network = new DoubleNetwork(model, values, 1, TOKENS)) {
      TokenLoopModel reference = new TokenLoopModel(model, layout, values);
      double worst = 0;
      double[] losses = new double[TOKENS];
      network.losses(ids, losses);
      worst = Math.max(worst, compare("losses", losses, reference.losses(ids), 0));
      double[][] expected = reference.logits(ids, TOKENS);
      for (int position : new int[] {0, random.nextInt(TOKENS), TOKENS - 1}) {
        double[] logits = new double[model.vocabularySize()];
        network.logits(ids, position, logits);
        worst = Math.max(worst, compare("logits", logits, expected[position], 0));
      }
      double[] gradient = network.gradient(ids);
      double[] exact = TokenLoopModel.gradient(model, layout, values, ids);
      for (TensorSpec tensor : layout.tensors()) {
        int from = (int) tensor.offset();
        double[] mine = Arrays.copyOfRange(gradient, from, from + (int) tensor.size());
        worst = Math.max(worst, compare(tensor.name(), mine, exact, from));
      }
      System.out.printf(": %.1e%n", worst);
    }
  }

  private static ModelConfig model(int chunk, int projectionChunk) {
    return RunConfig.read(
            new ByteArrayInputStream(new byte[0]),
            List.of(
                "model.vocab-size=257",
                "model.dim=8",
                "model.layers=1",
                "model.heads=2",
                "model.memory.chunk=" + chunk,
                "model.memory.projection-chunk=" + projectionChunk,
                "model.memory.hidden-ratio=0.75",
                "model.memory.eta-bias=-1.0",
                "model.memory.alpha-bias=2.0",
                "model.cms=[{name: fast, period: 1, hidden-ratio: 0.75}]"))
        .model();
  }

  private static double compare(String name, double[] actual, double[] expected, int from) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs(expected[from + i]));
      difference = Math.max(difference, Math.abs(actual[i] - expected[from + i]));
    }
    assertThat(largest).as("largest element of %s", name).isPositive();
    assertThat(difference / largest)
        .as("largest difference in %s over its largest element", name)
        .isLessThanOrEqualTo(TOLERANCE);
    return difference / largest;
  }
}
