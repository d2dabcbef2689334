// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hope-Attention and the Transformer++ in float32 against sums over tokens in float64: values, and
 * gradients as central differences.
 */
class TestAttentionModels {
  private static final long SEED = 20261123;
  private static final double STEP = 1e-5;
  private static final int SEQUENCES = 2;

  private static SmallModel model(String architecture, int convolution) {
    System.out.println("seed " + SEED);
    String levels =
        architecture.equals("transformer")
            ? "model.cms=[{name: mlp, period: 1, hidden-ratio: 1.25}]"
            : "model.cms=[{name: fast, period: 1, hidden-ratio: 0.75}, {name: slow, period: 2}]";
    return new SmallModel(
        SEED,
        "model.architecture=" + architecture,
        "model.attention.convolution=" + convolution,
        "model.attention.rope-base=50",
        levels);
  }

  private static BlockNetwork network(SmallModel model, int sequences, int tokens) {
    return BlockNetwork.create(
        model.config.model(), model.layout, model.parameters, sequences, tokens);
  }

  private static int[] ids(int tokens) {
    return new SplittableRandom(SEED + tokens)
        .ints((long) SEQUENCES * (tokens + 1), 0, 40)
        .toArray();
  }

  private static double reference(SmallModel model, double[] values, int[] ids) {
    AttentionModel reference = new AttentionModel(model.config.model(), model.layout, values);
    int length = ids.length / SEQUENCES;
    double sum = 0;
    for (int b = 0; b < SEQUENCES; b++) {
      sum += reference.loss(Arrays.copyOfRange(ids, b * length, (b + 1) * length));
    }
    return sum;
  }

  /** Lengths of 1, odd, prime, and around the block of 64 queries. */
  @ParameterizedTest
  @CsvSource({
    "transformer, 0, 1", "transformer, 4, 2", "transformer, 0, 17", "transformer, 3, 64",
    "transformer, 0, 65", "transformer, 0, 130", "hope-attention, 4, 1", "hope-attention, 0, 11",
    "hope-attention, 4, 63", "hope-attention, 1, 67"
  })
  void lossAndGradientsEqualTheSumsOverTokens(String architecture, int convolution, int tokens) {
    int[] ids = ids(tokens);
    try (SmallModel model = model(architecture, convolution);
        Slab slab = Slab.allocate("gradients", model.layout.size());
        BlockNetwork network = network(model, SEQUENCES, tokens)) {
      double loss = network.lossAndGradients(ids, slab);
      assertThat(network.loss(ids)).isEqualTo(loss);
      double expected = reference(model, model.values, ids);
      assertThat(loss).isCloseTo(expected, within(5e-6 * expected));

      float[] gradients = new float[(int) slab.size()];
      slab.read(0, gradients, 0, gradients.length);
      for (TensorSpec tensor : model.layout.tensors()) {
        assertGradient(model, ids, tensor, gradients);
      }
    }
  }

  // A direction inside the tensor is one number that every element of its gradient enters; two
  // single elements show that none stands in another's place.
  private static void assertGradient(
      SmallModel model, int[] ids, TensorSpec tensor, float[] gradients) {
    int at = (int) tensor.offset();
    int size = (int) tensor.size();
    SplittableRandom random = new SplittableRandom(SEED ^ tensor.name().hashCode());
    double[] direction = new double[size];
    double along = 0;
    double norm = 0;
    double length = 0;
    for (int i = 0; i < size; i++) {
      direction[i] = random.nextDouble() * 2 - 1;
      along += direction[i] * gradients[at + i];
      length += direction[i] * direction[i];
      norm += (double) gradients[at + i] * gradients[at + i];
    }
    // One token attends to itself alone, whatever query and key are.
    boolean chooses = tensor.name().matches(".*inputs\\.[qk]\\.weight");
    if (!(chooses && ids.length == 2 * SEQUENCES)) {
      assertThat(norm).as("norm of the gradient of %s", tensor.name()).isPositive();
    }
    double by = 2e-5 * Math.sqrt(norm * length / size) + 2e-6;
    assertThat(along).as(tensor.name()).isCloseTo(slope(model, ids, at, direction), within(by));
    double largest = Math.sqrt(norm);
    for (int trial = 0; trial < 2; trial++) {
      int element = random.nextInt(size);
      double[] single = new double[size];
      single[element] = 1;
      assertThat((double) gradients[at + element])
          .as("%s, element %d", tensor.name(), element)
          .isCloseTo(slope(model, ids, at, single), within(2e-5 * largest + 2e-6));
    }
  }

  private static double slope(SmallModel model, int[] ids, int at, double[] direction) {
    double[] plus = model.values.clone();
    double[] minus = model.values.clone();
    for (int i = 0; i < direction.length; i++) {
      plus[at + i] += STEP * direction[i];
      minus[at + i] -= STEP * direction[i];
    }
    return (reference(model, plus, ids) - reference(model, minus, ids)) / (2 * STEP);
  }

  /** I7: token t changes no output before t; and every later one sees it. */
  @ParameterizedTest
  @ValueSource(strings = {"transformer", "hope-attention"})
  void changingATokenChangesNoEarlierLogits(String architecture) {
    int tokens = 70;
    try (SmallModel model = model(architecture, 4);
        BlockNetwork network = network(model, 1, tokens)) {
      int[] ids = Arrays.copyOf(ids(tokens), tokens);
      for (int position : new int[] {0, 5, 63, 64, 69}) {
        int[] changed = ids.clone();
        changed[position] = ids[position] + 50;
        for (int t : new int[] {0, 4, 5, 6, 62, 63, 64, 68, 69}) {
          float[] before = logits(network, ids, t);
          float[] after = logits(network, changed, t);
          if (t < position) {
            assertThat(after).as("token %d, logits %d", position, t).isEqualTo(before);
          } else {
            assertThat(after).as("token %d, logits %d", position, t).isNotEqualTo(before);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"transformer", "hope-attention"})
  void gradientsAccumulate(String architecture) {
    int[] ids = ids(20);
    try (SmallModel model = model(architecture, 4);
        Slab once = Slab.allocate("gradients", model.layout.size());
        Slab twice = Slab.allocate("gradients", model.layout.size());
        BlockNetwork network = network(model, SEQUENCES, 20)) {
      network.lossAndGradients(ids, once);
      network.lossAndGradients(ids, twice);
      network.lossAndGradients(ids, twice);
      double largest = 0;
      for (long i = 0; i < once.size(); i++) {
        largest = Math.max(largest, Math.abs(once.read(i)));
      }
      assertThat(largest).isPositive();
      for (long i = 0; i < once.size(); i++) {
        assertThat((double) twice.read(i)).isCloseTo(2 * once.read(i), within(1e-5 * largest));
      }
    }
  }

  private static float[] logits(BlockNetwork network, int[] ids, int position) {
    float[] logits = new float[257];
    network.logits(ids, position, logits);
    return logits;
  }
}
