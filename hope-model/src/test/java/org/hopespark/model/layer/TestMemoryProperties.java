// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hopespark.model.layer.KeptStates.dot;
import static org.hopespark.model.layer.KeptStates.plus;
import static org.hopespark.model.layer.KeptStates.scaled;
import static org.hopespark.model.layer.KeptStates.times;
import static org.hopespark.model.layer.KeptStates.unit;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.layer.KeptStates.State;
import org.junit.jupiter.api.Test;

/**
 * What the equations say of the memories' states, checked on the states that the product leaves:
 * special cases in which HOPE is something known.
 */
class TestMemoryProperties {
  private static final long SEED = 8_688;

  // Of float32 states against arithmetic in double on the states before.
  private static final double TOLERANCE = 3e-6;

  // A bias that makes the retention one in float32.
  private static final String NO_DECAY = "model.memory.alpha-bias=20";

  /** Eq. 88 with the gradient of the state before the token, by differences of the loss. */
  @Test
  void property02_withChunksOfOneEveryTokenWritesByTheTokenRule() {
    run(
        (model, states) -> {
          double w2Rate = model.config.model().memory().w2Rate();
          for (int t = 0; t + 1 < SmallModel.TOKENS; t++) {
            double[] k = states.vector("k", t);
            double[] v = states.vector("v", t);
            close(k, unit(states.state("k", t).apply(states.input(2, t))));
            close(v, unit(states.state("v", t).apply(states.input(3, t))));
            close(states.output(t), states.state("memory", t).apply(states.vector("q", t)));
            double eta = states.rate("eta", t);
            double alpha = states.rate("alpha", t);
            for (String memory : MemoryConfig.MEMORIES) {
              State before = states.state(memory, t);
              State after = states.state(memory, t + 1);
              double[] target = unit(before.apply(v));
              double[] s = before.features(k);
              double w1Rate = eta / (1 + 2 * eta * dot(s, s));
              for (int i = 0; i < before.w1.length; i++) {
                double[] gradient = differences(before, before.w1[i], k, target);
                close(after.w1[i], plus(scaled(alpha, before.w1[i]), scaled(-w1Rate, gradient)));
              }
              for (int j = 0; j < before.w2.length; j++) {
                double[] row = before.w2[j];
                double[] gradient = differences(before, row, k, target);
                double[] surprise = plus(scaled(dot(row, k), k), gradient);
                close(after.w2[j], plus(scaled(alpha, row), scaled(-w2Rate * eta, surprise)));
              }
            }
          }
        },
        "model.memory.chunk=1",
        "model.memory.projection-chunk=1");
  }

  // Derivative of the memory's loss with respect to one row of its weights, which is put back.
  private static double[] differences(State state, double[] row, double[] z, double[] target) {
    double step = 1e-5;
    double[] gradient = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      double value = row[i];
      row[i] = value + step;
      double above = state.loss(z, target);
      row[i] = value - step;
      gradient[i] = (above - state.loss(z, target)) / (2 * step);
      row[i] = value;
    }
    return gradient;
  }

  @Test
  void property03_withoutEtaAndWithFullRetentionTheMemoriesNeverMove() {
    run(
        (model, states) -> {
          for (int chunk = 1; chunk < 3; chunk++) {
            for (String memory : MemoryConfig.MEMORIES) {
              assertThat(states.bits(memory, chunk)).isDeepEqualTo(states.bits(memory, 0));
            }
          }
        },
        "model.memory.eta-max=0",
        NO_DECAY);
  }

  /** Without a convolution nothing else carries anything from token to token. */
  @Test
  void property03_withoutEtaAndWithFullRetentionTheNetworkIsStatic() {
    try (SmallModel model =
            new SmallModel(SEED, "model.memory.eta-max=0", NO_DECAY, "model.memory.convolution=1");
        BlockNetwork network =
            BlockNetwork.create(
                model.config.model(), model.layout, model.parameters, 1, SmallModel.TOKENS)) {
      int[] ids = Arrays.copyOf(model.ids, SmallModel.TOKENS);
      int[] changed = ids.clone();
      changed[2] += 50;
      float[] before = new float[257];
      float[] after = new float[257];
      for (int t = 0; t < SmallModel.TOKENS; t++) {
        network.logits(ids, t, before);
        network.logits(changed, t, after);
        if (t == 2) {
          assertThat(after).isNotEqualTo(before);
        } else {
          assertThat(after).as("logits after token %d", t).isEqualTo(before);
        }
      }
    }
  }

  /**
   * With W2 fixed a memory is linear in W1, and inside a chunk its targets are fixed: {@code S <- S
   * (I - beta x x^T) + beta u x^T} (Eq. 65) with the unit keys x = s / |s|, the values u = (vhat -
   * k) / |s| and the write strength {@code beta = 2 eta |s|^2 / (1 + 2 eta |s|^2)} below one.
   */
  @Test
  void property04_withW2FixedTheWriteOfW1IsDeltaNet() {
    run(
        (model, states) -> {
          for (String memory : MemoryConfig.MEMORIES) {
            State start = states.state(memory, 0);
            double[][] s = Arrays.stream(start.w1).map(double[]::clone).toArray(double[][]::new);
            for (int t = 0; t < 8; t++) {
              double[] k = states.vector("k", t);
              double[] features = start.features(k);
              double length = Math.sqrt(dot(features, features));
              double[] key = scaled(1 / length, features);
              double[] target = unit(start.apply(states.vector("v", t)));
              double[] value = scaled(1 / length, plus(target, scaled(-1, k)));
              double strength = 2 * states.rate("eta", t) * length * length;
              double beta = strength / (1 + strength);
              assertThat(beta).isBetween(0.001, 0.999);
              assertThat(states.rate("alpha", t)).isEqualTo(1);
              double[] read = times(s, key);
              for (int i = 0; i < s.length; i++) {
                s[i] = plus(s[i], scaled(beta * (value[i] - read[i]), key));
              }
            }
            State end = states.state(memory, 1);
            assertThat(end.w2).isDeepEqualTo(start.w2);
            for (int i = 0; i < s.length; i++) {
              close(end.w1[i], s[i]);
            }
          }
        },
        "model.memory.chunk=8",
        "model.memory.projection-chunk=8",
        "model.memory.w2-rate=0",
        NO_DECAY);
  }

  /**
   * Eq. 56: the write of W1 is the W that minimises {@code |k + W s - vhat|^2 + |W - W1|^2 / (2
   * eta)}, that is {@code W (I + 2 eta s s^T) = W1 + 2 eta (vhat - k) s^T}, solved by elimination.
   */
  @Test
  void property05_theWriteOfW1IsTheDirectMinimiser() {
    run(
        (model, states) -> {
          for (int t = 0; t + 1 < SmallModel.TOKENS; t++) {
            double[] k = states.vector("k", t);
            double eta = states.rate("eta", t);
            assertThat(states.rate("alpha", t)).isEqualTo(1);
            for (String memory : MemoryConfig.MEMORIES) {
              State before = states.state(memory, t);
              State after = states.state(memory, t + 1);
              double[] s = before.features(k);
              double[] wanted = plus(unit(before.apply(states.vector("v", t))), scaled(-1, k));
              for (int i = 0; i < wanted.length; i++) {
                double[][] left = new double[s.length][];
                for (int j = 0; j < s.length; j++) {
                  left[j] = scaled(2 * eta * s[j], s);
                  left[j][j] += 1;
                }
                double[] right = plus(before.w1[i], scaled(2 * eta * wanted[i], s));
                close(after.w1[i], solved(left, right));
              }
            }
          }
        },
        "model.memory.chunk=1",
        "model.memory.projection-chunk=1",
        NO_DECAY);
  }

  // Gauss elimination; the matrix is symmetric and positive, so it needs no pivots.
  private static double[] solved(double[][] a, double[] b) {
    int n = b.length;
    for (int i = 0; i < n; i++) {
      for (int r = i + 1; r < n; r++) {
        double factor = a[r][i] / a[i][i];
        a[r] = plus(a[r], scaled(-factor, a[i]));
        b[r] -= factor * b[i];
      }
    }
    double[] x = new double[n];
    for (int i = n - 1; i >= 0; i--) {
      x[i] = (b[i] - dot(a[i], x)) / a[i][i];
    }
    return x;
  }

  // One forward pass, then the check for every head.
  private static void run(BiConsumer<SmallModel, KeptStates> check, String... overrides) {
    System.out.println("seed " + SEED);
    try (SmallModel model = new SmallModel(SEED, overrides);
        BlockNetwork network = model.network()) {
      network.loss(model.ids);
      for (int head = 0; head < 2; head++) {
        check.accept(model, new KeptStates(model, network, head));
      }
    }
  }

  private static void close(double[] actual, double[] expected) {
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isPositive();
    assertThat(actual).containsExactly(expected, within(TOLERANCE * Math.max(1, largest)));
  }
}
