// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chunk form in float32 against the independent token loop in float64: values, and gradients
 * both as the token loop's own and as its central differences.
 */
class TestHopeGradients {
  private static final long SEED = 20261121;
  private static final double STEP = 1e-5;

  private static SmallModel model;
  private static float[] gradients;
  private static double loss;
  private static double[] exact;

  @BeforeAll
  static void run() {
    System.out.println("seed " + SEED);
    model = new SmallModel(SEED);
    gradients = gradients(model);
    exact = model.referenceGradient(model.values);
  }

  private static float[] gradients(SmallModel model) {
    try (Slab slab = Slab.allocate("gradients", model.layout.size());
        BlockNetwork network = model.network()) {
      loss = network.lossAndGradients(model.ids, slab);
      float[] values = new float[(int) model.layout.size()];
      slab.read(0, values, 0, values.length);
      return values;
    }
  }

  @AfterAll
  static void close() {
    model.close();
  }

  static List<String> tensors() {
    try (SmallModel model = new SmallModel(SEED)) {
      return model.layout.tensors().stream().map(TensorSpec::name).toList();
    }
  }

  @Test
  void lossEqualsTheTokenLoop() {
    assertThat(loss).isCloseTo(model.referenceLoss(model.values), within(2e-5 * loss));
  }

  @Test
  void theTokenLoopsOwnGradientEqualsItsCentralDifferences() {
    double step = 1e-6;
    SplittableRandom random = new SplittableRandom(SEED);
    for (int trial = 0; trial < 5; trial++) {
      double[] plus = model.values.clone();
      double[] minus = model.values.clone();
      double expected = 0;
      double scale = 0;
      for (int i = 0; i < plus.length; i++) {
        double v = random.nextDouble() * 2 - 1;
        plus[i] += step * v;
        minus[i] -= step * v;
        expected += v * exact[i];
        scale += v * v * exact[i] * exact[i];
      }
      double actual = (model.referenceLoss(plus) - model.referenceLoss(minus)) / (2 * step);
      // The differences' own error: the direction is some 40 long, so 40 steps squared; rounding
      // over step.
      assertThat(expected).isCloseTo(actual, within(1e-7 * Math.sqrt(scale)));
    }
  }

  @ParameterizedTest
  @MethodSource("tensors")
  void everyElementEqualsTheGradientOfTheTokenLoop(String name) {
    TensorSpec tensor = model.layout.tensor(name);
    double largest = 0;
    for (int i = 0; i < tensor.size(); i++) {
      largest = Math.max(largest, Math.abs(exact[(int) tensor.offset() + i]));
    }
    for (int i = 0; i < tensor.size(); i++) {
      int at = (int) tensor.offset() + i;
      assertThat((double) gradients[at])
          .as("element %d", i)
          .isCloseTo(exact[at], within(2e-5 * largest));
    }
  }

  @ParameterizedTest
  @MethodSource("tensors")
  void gradientOfEveryTensorEqualsCentralDifferences(String name) {
    TensorSpec tensor = model.layout.tensor(name);
    SplittableRandom random = new SplittableRandom(SEED ^ name.hashCode());
    // A direction inside the tensor: one number that every element of its gradient enters.
    double[] direction = new double[(int) tensor.size()];
    double expected = 0;
    double length = 0;
    double scale = 0;
    for (int i = 0; i < direction.length; i++) {
      direction[i] = random.nextDouble() * 2 - 1;
      float gradient = gradients[(int) tensor.offset() + i];
      expected += direction[i] * gradient;
      length += direction[i] * direction[i];
      scale += (double) gradient * gradient;
    }
    assertThat(scale).as("norm of the gradient").isPositive();
    double actual =
        (lossAlong(tensor, direction, STEP) - lossAlong(tensor, direction, -STEP)) / (2 * STEP);
    assertThat(expected)
        .isCloseTo(
            actual,
            within(1e-4 * Math.sqrt(scale * length / direction.length) + 1e-4 * Math.abs(actual)));
  }

  @ParameterizedTest
  @MethodSource("tensors")
  void singleElementsEqualCentralDifferences(String name) {
    TensorSpec tensor = model.layout.tensor(name);
    SplittableRandom random = new SplittableRandom(SEED + name.hashCode());
    double largest = 0;
    for (int i = 0; i < tensor.size(); i++) {
      largest = Math.max(largest, Math.abs(gradients[(int) tensor.offset() + i]));
    }
    for (int trial = 0; trial < 5; trial++) {
      int element = random.nextInt((int) tensor.size());
      double[] direction = new double[(int) tensor.size()];
      direction[element] = 1;
      double actual =
          (lossAlong(tensor, direction, STEP) - lossAlong(tensor, direction, -STEP)) / (2 * STEP);
      assertThat((double) gradients[(int) tensor.offset() + element])
          .as("element %d", element)
          .isCloseTo(actual, within(2e-4 * largest));
    }
  }

  @Test
  void directionalDerivativeOfTheWholeModelEqualsCentralDifferences() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int trial = 0; trial < 5; trial++) {
      double[] plus = model.values.clone();
      double[] minus = model.values.clone();
      double expected = 0;
      double scale = 0;
      for (int i = 0; i < plus.length; i++) {
        double v = random.nextDouble() * 2 - 1;
        plus[i] += STEP * v;
        minus[i] -= STEP * v;
        expected += v * gradients[i];
        scale += v * v * gradients[i] * gradients[i];
      }
      double actual = (model.referenceLoss(plus) - model.referenceLoss(minus)) / (2 * STEP);
      assertThat(expected).isCloseTo(actual, within(1e-4 * Math.sqrt(scale)));
    }
  }

  /**
   * Without the gradient through the writes those of M_k, M_v, M_eta and M_alpha would be zero:
   * nothing else reaches them.
   */
  @ParameterizedTest
  @ValueSource(strings = {"k", "v", "eta", "alpha", "memory"})
  void property10_outerGradientOfEveryInitialStateIsNotZeroAndEqualsFiniteDifferences(
      String memory) {
    SplittableRandom random = new SplittableRandom(SEED - memory.hashCode());
    for (int block = 0; block < 2; block++) {
      for (String weight : List.of(".w1", ".w2")) {
        TensorSpec tensor =
            model.layout.tensor("blocks." + block + ".titans.memories." + memory + weight);
        int half = (int) tensor.size() / 2;
        for (int head = 0; head < 2; head++) {
          double squares = 0;
          double expected = 0;
          double[] direction = new double[2 * half];
          for (int i = head * half; i < (head + 1) * half; i++) {
            double gradient = gradients[(int) tensor.offset() + i];
            direction[i] = random.nextDouble() * 2 - 1;
            squares += gradient * gradient;
            expected += direction[i] * gradient;
          }
          assertThat(Math.sqrt(squares)).as("%s head %d", tensor.name(), head).isGreaterThan(1e-4);
          double actual =
              (lossAlong(tensor, direction, STEP) - lossAlong(tensor, direction, -STEP))
                  / (2 * STEP);
          assertThat(expected)
              .as("%s head %d", tensor.name(), head)
              .isCloseTo(actual, within(1e-4 * Math.sqrt(squares)));
        }
      }
    }
  }

  private static double lossAlong(TensorSpec tensor, double[] direction, double step) {
    double[] values = model.values.clone();
    for (int i = 0; i < direction.length; i++) {
      values[(int) tensor.offset() + i] += step * direction[i];
    }
    return model.referenceLoss(values);
  }
}
