// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.util.List;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.junit.jupiter.api.Test;

class TestParameterLayout {
  private static ModelConfig model(String... overrides) {
    return RunConfig.read(new ByteArrayInputStream(new byte[0]), List.of(overrides)).model();
  }

  @Test
  void countsParametersAsAHandDoes() {
    ParameterLayout layout =
        new ParameterLayout(
            model("model.vocab-size=300", "model.dim=16", "model.layers=2", "model.heads=4"));
    long embedding = 300 * 16;
    long memories = 5 * 2 * 4 * 4 * 4; // five learning memories, W1 and W2, 4 heads of 4 x 4
    long titans = 16 + 16 * 4 + 5 * 16 * 16 + memories + 4 + 16 * 16;
    long level = 16 + 2 * 16 * 16 + 16 * 16;
    assertThat(layout.size()).isEqualTo(embedding + 2 * titans + 16 + 3 * 2 * level);
    assertThat(layout.levels().get(0).length()).isEqualTo(embedding + 2 * titans + 16);
    assertThat(layout.levels().get(1).length()).isEqualTo(2 * level);
  }

  @Test
  void countsTheParametersOfATransformer() {
    ParameterLayout layout =
        new ParameterLayout(
            model(
                "model.architecture=transformer",
                "model.vocab-size=300",
                "model.dim=16",
                "model.layers=2",
                "model.attention.convolution=4"));
    long attention = 16 + 16 * 4 + 4 * 16 * 16;
    long mlp = 16 + 3 * 16 * 48;
    assertThat(layout.size()).isEqualTo(300 * 16 + 2 * (attention + mlp) + 16);
    // q, k and v lie together, so that one product serves them.
    long q = layout.tensor("blocks.1.attention.inputs.q.weight").offset();
    assertThat(layout.tensor("blocks.1.attention.inputs.k.weight").offset()).isEqualTo(q + 256);
    assertThat(layout.tensor("blocks.1.attention.inputs.v.weight").offset()).isEqualTo(q + 512);
  }

  @Test
  void levelsCoverTheSlabWithoutGapOrOverlap() {
    ParameterLayout layout = new ParameterLayout(model());
    long at = 0;
    for (Level level : layout.levels()) {
      assertThat(level.offset()).isEqualTo(at);
      at += level.length();
    }
    assertThat(at).isEqualTo(layout.size());
    assertThat(layout.levels())
        .extracting(Level::name)
        .containsExactly("core", "fast", "mid", "slow");
    assertThat(layout.levels()).extracting(Level::period).containsExactly(1, 1, 4, 16);
  }

  @Test
  void tensorsCoverTheirLevelsInOrder() {
    ParameterLayout layout = new ParameterLayout(model());
    long at = 0;
    for (TensorSpec tensor : layout.tensors()) {
      assertThat(tensor.offset()).as(tensor.name()).isEqualTo(at);
      Level level = layout.levels().get(tensor.level());
      assertThat(at).isBetween(level.offset(), level.offset() + level.length() - 1);
      at += tensor.size();
    }
    assertThat(at).isEqualTo(layout.size());
  }

  @Test
  void onlyGainsEscapeWeightDecay() {
    ParameterLayout layout = new ParameterLayout(model());
    assertThat(layout.tensors())
        .allSatisfy(
            tensor -> assertThat(tensor.decays()).isEqualTo(!tensor.name().contains("norm")));
  }

  @Test
  void initialValuesDependOnSeedAndNameOnly() {
    ParameterLayout small = new ParameterLayout(model("model.layers=1"));
    ParameterLayout large = new ParameterLayout(model("model.layers=3"));
    try (Slab a = Slab.allocate("a", small.size());
        Slab b = Slab.allocate("b", large.size());
        Slab other = Slab.allocate("c", small.size())) {
      Initializer.initialize(small, 7, a);
      Initializer.initialize(large, 7, b);
      Initializer.initialize(small, 8, other);
      TensorSpec mine = small.tensor("blocks.0.titans.inputs.k.weight");
      TensorSpec theirs = large.tensor("blocks.0.titans.inputs.k.weight");
      for (long i = 0; i < mine.size(); i++) {
        assertThat(a.read(mine.offset() + i)).isEqualTo(b.read(theirs.offset() + i));
      }
      assertThat(a.read(mine.offset())).isNotEqualTo(other.read(mine.offset()));
    }
  }

  @Test
  void normalValuesHaveTheMomentsAsked() {
    ParameterLayout layout = new ParameterLayout(model());
    try (Slab slab = Slab.allocate("parameters", layout.size())) {
      Initializer.initialize(layout, 3, slab);
      TensorSpec table = layout.tensor("embedding.weight");
      double sum = 0;
      double squares = 0;
      for (long i = 0; i < table.size(); i++) {
        double value = slab.read(table.offset() + i);
        sum += value;
        squares += value * value;
      }
      // Two million values: the mean's error is 0.02 / 1450, the deviation's half a part in a
      // thousand.
      assertThat(sum / table.size()).isCloseTo(0, within(6e-5));
      assertThat(Math.sqrt(squares / table.size())).isCloseTo(0.02, within(6e-5));
    }
  }

  @Test
  void convolutionsStartAsTheIdentity() {
    ParameterLayout layout = new ParameterLayout(model("model.dim=8"));
    try (Slab slab = Slab.allocate("parameters", layout.size())) {
      Initializer.initialize(layout, 3, slab);
      TensorSpec taps = layout.tensor("blocks.0.titans.convolution.weight");
      float[] values = new float[8];
      slab.read(taps.offset(), values, 0, 8);
      assertThat(values).containsExactly(0, 0, 0, 1, 0, 0, 0, 1);
    }
  }

  @Test
  void slabsRefuseWhatOneArrayCannotHold() {
    assertThatThrownBy(() -> Slab.allocate("parameters", Slab.MAX_ELEMENTS + 1))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            "Cannot allocate parameters [2147483648 floats]: one array holds 1 to 2147483647. Lower model.dim, model.vocab-size, training.batch-size or training.sequence-length.");
  }

  @Test
  void slabsAreTheMemoryOfTheirNd4jArray() {
    try (Slab slab = Slab.allocate("test", 10)) {
      slab.write(3, 2.5f);
      assertThat(slab.array().getFloat(3)).isEqualTo(2.5f);
      slab.array().putScalar(4, 7.0);
      assertThat(slab.read(4)).isEqualTo(7);
      slab.bytes(4, 1).putFloat(0, 8);
      assertThat(slab.array().getFloat(4)).isEqualTo(8);
      slab.clear(3, 2);
      assertThat(slab.array().sumNumber().floatValue()).isZero();
    }
  }

  @Test
  void rangesAcrossTheViewsOfASlabAreWhole() {
    // Views of 8 to 15 elements stand for those of 1 to 2 GiB.
    try (Slab slab = Slab.allocate("test", 37, 3);
        Slab other = Slab.allocate("test", 37, 4)) {
      for (int i = 0; i < 37; i++) {
        slab.write(i, i);
      }
      for (int start = 0; start < 37; start++) {
        int n = Math.min(8, 37 - start);
        float[] values = new float[n];
        slab.read(start, values, 0, n);
        for (int i = 0; i < n; i++) {
          assertThat(values[i]).isEqualTo(start + i);
          assertThat(slab.bytes(start, n).getFloat(Float.BYTES * i)).isEqualTo(start + i);
        }
      }
      other.copy(slab, 3, 5, 30);
      assertThat(other.read(4)).isZero();
      assertThat(other.read(5)).isEqualTo(3);
      assertThat(other.read(34)).isEqualTo(32);
      assertThat(other.read(35)).isZero();
      other.clear(5, 15);
      other.clear(20, 15);
      assertThat(other.array().sumNumber().floatValue()).isZero();
    }
  }
}
