// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.hopespark.model.kernel.CrossEntropy;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties that the equations promise, whatever the parameters. */
class TestHopeProperties {
  private static final long SEED = 977;

  /** Chunk 1 is Eq. 88; chunk 64 exceeds the sequence, so that all of it is one chunk. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 5", "3, 3", "5, 2", "7, 11", "11, 1", "64, 64"})
  void chunkFormEqualsTheTokenLoopForEveryChunk(int chunk, int projectionChunk) {
    try (SmallModel model =
            new SmallModel(
                SEED,
                "model.memory.chunk=" + chunk,
                "model.memory.projection-chunk=" + projectionChunk);
        BlockNetwork network = model.network()) {
      double expected = model.referenceLoss(model.values);
      assertThat(network.loss(model.ids)).isCloseTo(expected, within(2e-5 * expected));
    }
  }

  @Test
  void lossWithAndWithoutGradientsIsTheSame() {
    try (SmallModel model = new SmallModel(SEED);
        Slab gradients = Slab.allocate("gradients", model.layout.size());
        BlockNetwork network = model.network()) {
      assertThat(network.lossAndGradients(model.ids, gradients)).isEqualTo(network.loss(model.ids));
    }
  }

  @Test
  void gradientsAccumulate() {
    try (SmallModel model = new SmallModel(SEED);
        Slab once = Slab.allocate("gradients", model.layout.size());
        Slab twice = Slab.allocate("gradients", model.layout.size());
        BlockNetwork network = model.network()) {
      network.lossAndGradients(model.ids, once);
      network.lossAndGradients(model.ids, twice);
      network.lossAndGradients(model.ids, twice);
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

  /** I7: token t changes no output before t. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3, 6, 10})
  void property11_changingATokenChangesNoEarlierLogits(int position) {
    try (SmallModel model = new SmallModel(SEED);
        BlockNetwork network =
            BlockNetwork.create(
                model.config.model(), model.layout, model.parameters, 1, SmallModel.TOKENS)) {
      int[] ids = Arrays.copyOf(model.ids, SmallModel.TOKENS);
      int[] changed = ids.clone();
      changed[position] = ids[position] + 50;
      for (int t = 0; t < SmallModel.TOKENS; t++) {
        float[] before = logits(network, ids, t);
        float[] after = logits(network, changed, t);
        if (t < position) {
          assertThat(after).as("logits after token %d", t).isEqualTo(before);
        } else {
          assertThat(after).as("logits after token %d", t).isNotEqualTo(before);
        }
      }
    }
  }

  /**
   * Where M_memory too is read at its chunk's start, a token reaches the others of its chunk by the
   * convolution only; a window of one leaves nothing.
   */
  @Test
  void property11_readAtTheChunkStartATokenChangesNoOtherLogitsOfItsChunk() {
    try (SmallModel model =
            new SmallModel(
                SEED,
                "model.memory.read=chunk-start",
                "model.memory.convolution=1",
                "model.memory.chunk=4",
                "model.memory.projection-chunk=4");
        BlockNetwork network =
            BlockNetwork.create(
                model.config.model(), model.layout, model.parameters, 1, SmallModel.TOKENS)) {
      int[] ids = Arrays.copyOf(model.ids, SmallModel.TOKENS);
      int[] changed = ids.clone();
      changed[5] = ids[5] + 50;
      for (int t = 0; t < SmallModel.TOKENS; t++) {
        float[] before = logits(network, ids, t);
        float[] after = logits(network, changed, t);
        // Tokens 4 to 7 are one chunk; those from 8 on read what it wrote.
        if (t == 5 || t >= 8) {
          assertThat(after).as("logits after token %d", t).isNotEqualTo(before);
        } else {
          assertThat(after).as("logits after token %d", t).isEqualTo(before);
        }
      }
    }
  }

  @Test
  void logitsEqualThoseOfTheTokenLoop() {
    try (SmallModel model = new SmallModel(SEED);
        BlockNetwork network =
            BlockNetwork.create(
                model.config.model(), model.layout, model.parameters, 1, SmallModel.TOKENS)) {
      int[] ids = Arrays.copyOf(model.ids, SmallModel.TOKENS);
      double[][] expected =
          new TokenLoopModel(model.config.model(), model.layout, model.values)
              .logits(ids, SmallModel.TOKENS);
      for (int t = 0; t < SmallModel.TOKENS; t++) {
        float[] actual = logits(network, ids, t);
        for (int v = 0; v < actual.length; v++) {
          assertThat((double) actual[v]).isCloseTo(expected[t][v], within(3e-5));
        }
      }
    }
  }

  /**
   * With eta 0 nothing is written: M_k, M_v and M_eta have no influence, so no gradient, while
   * M_memory is read as it started. (M_alpha decays W1 and W2 towards zero and keeps its
   * influence.)
   */
  @Test
  void withoutWritingTheWritersHaveNoInfluence() {
    try (SmallModel model = new SmallModel(SEED, "model.memory.eta-max=0");
        Slab gradients = Slab.allocate("gradients", model.layout.size());
        BlockNetwork network = model.network()) {
      double expected = model.referenceLoss(model.values);
      assertThat(network.lossAndGradients(model.ids, gradients))
          .isCloseTo(expected, within(2e-5 * expected));
      for (String memory : new String[] {"k", "v", "eta"}) {
        assertThat(norm(model, gradients, "blocks.0.titans.memories." + memory + ".w1")).isZero();
      }
      assertThat(norm(model, gradients, "blocks.0.titans.memories.memory.w1")).isPositive();
      assertThat(norm(model, gradients, "blocks.0.titans.memories.alpha.w1")).isPositive();
    }
  }

  @Test
  void sequencesOfABatchDoNotSeeEachOther() {
    try (SmallModel model = new SmallModel(SEED);
        BlockNetwork pair = model.network();
        BlockNetwork single =
            BlockNetwork.create(
                model.config.model(), model.layout, model.parameters, 1, SmallModel.TOKENS)) {
      int length = SmallModel.TOKENS + 1;
      double sum =
          single.loss(Arrays.copyOf(model.ids, length))
              + single.loss(Arrays.copyOfRange(model.ids, length, 2 * length));
      assertThat(pair.loss(model.ids)).isCloseTo(sum, within(1e-6 * sum));
    }
  }

  @Test
  void activationsAreMeasuredBeforeTheyAreAllocated() {
    try (SmallModel model = new SmallModel(SEED)) {
      long two = BlockNetwork.activations(model.config.model(), model.layout, 2, 11);
      long four = BlockNetwork.activations(model.config.model(), model.layout, 4, 11);
      long six = BlockNetwork.activations(model.config.model(), model.layout, 6, 11);
      // Per-sequence memory is linear; what one head needs at a time is shared.
      assertThat(four - two).isEqualTo(six - four).isPositive();
    }
  }

  /** Losses of single targets, each from a pass of its own, are those of one pass over both. */
  @Test
  void targetsAddUp() {
    try (SmallModel model = new SmallModel(SEED);
        Slab both = Slab.allocate("gradients", model.layout.size());
        Slab sum = Slab.allocate("gradients", model.layout.size());
        BlockNetwork network = model.network()) {
      int rows = SmallModel.SEQUENCES * SmallModel.TOKENS;
      int[] inputs = Arrays.copyOf(model.ids, rows);
      double loss = network.lossAndGradients(inputs, targets(5, 17), both);
      double first = network.lossAndGradients(inputs, targets(5), sum);
      double second = network.lossAndGradients(inputs, targets(17), sum);
      assertThat(first + second).isCloseTo(loss, within(1e-12 * loss));
      assertThat(first).isPositive();
      assertThat(second).isPositive();
      double largest = 0;
      for (long i = 0; i < both.size(); i++) {
        largest = Math.max(largest, Math.abs(both.read(i)));
      }
      for (long i = 0; i < both.size(); i++) {
        assertThat((double) sum.read(i)).isCloseTo(both.read(i), within(1e-5 * largest));
      }
    }
  }

  @Test
  void givenTargetsOfTheNextTokensAreThoseOfTheIds() {
    try (SmallModel model = new SmallModel(SEED);
        Slab gradients = Slab.allocate("gradients", model.layout.size());
        BlockNetwork network = model.network()) {
      int length = SmallModel.TOKENS;
      int[] inputs = new int[SmallModel.SEQUENCES * length];
      int[] targets = new int[inputs.length];
      for (int b = 0; b < SmallModel.SEQUENCES; b++) {
        System.arraycopy(model.ids, b * (length + 1), inputs, b * length, length);
        System.arraycopy(model.ids, b * (length + 1) + 1, targets, b * length, length);
      }
      assertThat(network.lossAndGradients(inputs, targets, gradients))
          .isEqualTo(network.loss(model.ids));
    }
  }

  @Test
  void logitsOfABatchAreThoseOfItsSequences() {
    int length = SmallModel.TOKENS;
    try (SmallModel model = new SmallModel(SEED);
        BlockNetwork pair = model.network();
        BlockNetwork single =
            BlockNetwork.create(model.config.model(), model.layout, model.parameters, 1, length)) {
      int[] ids = Arrays.copyOf(model.ids, 2 * length);
      float[] actual = logits(pair, ids, length + 4);
      float[] expected = logits(single, Arrays.copyOfRange(ids, length, 2 * length), 4);
      for (int v = 0; v < actual.length; v++) {
        assertThat((double) actual[v]).isCloseTo(expected[v], within(1e-5));
      }
      pair.logits(length + 4, expected);
      assertThat(expected).isEqualTo(actual);
    }
  }

  private static int[] targets(int... rows) {
    int[] targets = new int[SmallModel.SEQUENCES * SmallModel.TOKENS];
    Arrays.fill(targets, CrossEntropy.NO_TARGET);
    for (int row : rows) {
      targets[row] = 3 + row;
    }
    return targets;
  }

  private static float[] logits(BlockNetwork network, int[] ids, int position) {
    float[] logits = new float[257];
    network.logits(ids, position, logits);
    return logits;
  }

  private static double norm(SmallModel model, Slab slab, String name) {
    TensorSpec tensor = model.layout.tensor(name);
    double squares = 0;
    for (long i = 0; i < tensor.size(); i++) {
      float value = slab.read(tensor.offset() + i);
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }
}
