// SPDX-License-Identifier: Apache-2.0
package org.hopespark.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.SplittableRandom;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.layer.BlockNetwork;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's gradients in float32 against those that SameDiff derives from plain formulas. */
class TestSameDiffGradients {
  private static final long SEED = 1_200;
  private static final int TOKENS = 4;

  /** Of a tensor's largest element; float32 rounds at 6e-8 and a gradient through some hundred. */
  private static final double TOLERANCE = 2e-5;

  @ParameterizedTest
  @ValueSource(strings = {"hope", "transformer"})
  void everyGradientEqualsThatOfSameDiff(String architecture) {
    System.out.println("seed " + SEED);
    ModelConfig model = model(architecture);
    ParameterLayout layout = new ParameterLayout(model);
    SplittableRandom random = new SplittableRandom(SEED);
    float[] start = new float[Math.toIntExact(layout.size())];
    double[] values = new double[start.length];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) random.nextDouble(-0.7, 0.7);
      values[i] = start[i];
    }
    int[] ids = random.ints(TOKENS + 1, 0, 257).toArray();
    float[] actual = new float[start.length];
    try (Slab parameters = Slab.allocate("parameters", start.length);
        Slab gradients = Slab.allocate("gradients", start.length);
        BlockNetwork network = BlockNetwork.create(model, layout, parameters, 1, TOKENS)) {
      parameters.write(0, start, 0, start.length);
      network.lossAndGradients(ids, gradients);
      gradients.read(0, actual, 0, actual.length);
    }
    double[] expected = new SameDiffModel(model, layout, values).gradient(ids);
    for (TensorSpec tensor : layout.tensors()) {
      double largest = 0;
      double difference = 0;
      for (int i = (int) tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
      }
      System.out.printf("%-45s %.1e%n", tensor.name(), difference / largest);
      assertThat(largest).as("largest element of %s", tensor.name()).isPositive();
      assertThat(difference / largest)
          .as("largest difference in %s over its largest element", tensor.name())
          .isLessThanOrEqualTo(TOLERANCE);
    }
  }

  private static ModelConfig model(String architecture) {
    return RunConfig.read(
            new ByteArrayInputStream(new byte[0]),
            List.of(
                "model.architecture=" + architecture,
                "model.vocab-size=257",
                "model.dim=8",
                "model.layers=1",
                "model.heads=1",
                "model.memory.chunk=2",
                "model.memory.projection-chunk=3",
                "model.memory.hidden-ratio=0.75",
                "model.memory.eta-bias=0",
                "model.memory.alpha-bias=1",
                "model.memory.w2-rate=0.3",
                "model.cms=[{name: mlp, period: 1, hidden-ratio: 0.75}]"))
        .model();
  }
}
