// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.SplittableRandom;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;
import org.junit.jupiter.api.Test;

/** AdamW against its formula in double, over several updates of two levels with different decay. */
class TestAdamW {
  private static final RunConfig CONFIG =
      RunConfig.read(
          new ByteArrayInputStream(new byte[0]),
          List.of(
              "model.vocab-size=300",
              "model.dim=8",
              "model.layers=1",
              "model.heads=2",
              "optimizer.clip-norm=1.0"));
  private static final ParameterLayout LAYOUT = new ParameterLayout(CONFIG.model());

  private final SplittableRandom random = new SplittableRandom(99);

  @Test
  void equalsTheFormulaInDouble() {
    int n = (int) LAYOUT.size();
    try (Slab p = Slab.allocate("p", n);
        Slab m = Slab.allocate("m", n);
        Slab v = Slab.allocate("v", n);
        Slab g = Slab.allocate("g", n)) {
      AdamW adamW = new AdamW(CONFIG.optimizer(), LAYOUT, p, new Moments(m, 0), new Moments(v, 0));
      double[] expected = new double[n];
      double[] first = new double[n];
      double[] second = new double[n];
      for (int i = 0; i < n; i++) {
        p.write(i, (float) random.nextDouble(-1, 1));
        expected[i] = p.read(i);
      }
      for (int update = 1; update <= 4; update++) {
        for (int i = 0; i < n; i++) {
          g.write(i, (float) random.nextDouble(-1, 1));
        }
        double rate = 0.01 / update;
        double weight = 0.5;
        for (Level level : LAYOUT.levels()) {
          double norm = update(adamW, level, g, weight, update, rate);
          double squares = 0;
          for (long i = level.offset(); i < level.offset() + level.length(); i++) {
            squares += Math.pow(weight * g.read(i), 2);
          }
          assertThat(norm).isCloseTo(Math.sqrt(squares), within(1e-6 * norm));
          double clip = Math.min(1, 1 / norm);
          for (TensorSpec tensor : LAYOUT.tensors()) {
            if (tensor.level() != level.index()) {
              continue;
            }
            double decay = tensor.shape().size() > 1 ? 0.1 : 0;
            for (int i = (int) tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
              double gradient = weight * clip * g.read(i);
              first[i] = 0.9 * first[i] + 0.1 * gradient;
              second[i] = 0.95 * second[i] + 0.05 * gradient * gradient;
              double mean = first[i] / (1 - Math.pow(0.9, update));
              double deviation = Math.sqrt(second[i] / (1 - Math.pow(0.95, update)));
              expected[i] -= rate * (mean / (deviation + 1e-8) + decay * expected[i]);
            }
          }
        }
      }
      for (int i = 0; i < n; i++) {
        assertThat((double) p.read(i)).as("parameter %d", i).isCloseTo(expected[i], within(3e-6));
      }
    }
  }

  @Test
  void updatesOneLevelAndLeavesTheOthersAlone() {
    int n = (int) LAYOUT.size();
    try (Slab p = Slab.allocate("p", n);
        Slab m = Slab.allocate("m", n);
        Slab v = Slab.allocate("v", n);
        Slab g = Slab.allocate("g", n)) {
      for (int i = 0; i < n; i++) {
        p.write(i, 1);
        g.write(i, 1);
      }
      Level mid = LAYOUT.levels().get(2);
      update(
          new AdamW(CONFIG.optimizer(), LAYOUT, p, new Moments(m, 0), new Moments(v, 0)),
          mid,
          g,
          1,
          1,
          0.1);
      for (int i = 0; i < n; i++) {
        boolean inside = i >= mid.offset() && i < mid.offset() + mid.length();
        assertThat(p.read(i) != 1).as("element %d", i).isEqualTo(inside);
      }
    }
  }

  // In uneven pieces, because the trainer cuts a level into blocks that do not mind tensors.
  private static double update(
      AdamW adamW, Level level, Slab gradients, double weight, long update, double rate) {
    long end = level.offset() + level.length();
    float[] tile = new float[256];
    double norm = weight * Math.sqrt(GradientNorm.squares(gradients, level.offset(), end, tile));
    Scratch scratch = new Scratch();
    for (long from = level.offset(); from < end; from += 37) {
      adamW.step(
          Coefficients.of(CONFIG.optimizer(), norm, weight, update, rate),
          gradients,
          from,
          Math.min(end, from + 37),
          scratch);
    }
    return norm;
  }

  @Test
  void rateRisesLinearlyThenFallsAlongACosine() {
    RunConfig config =
        RunConfig.read(
            new ByteArrayInputStream(new byte[0]),
            List.of(
                "training.steps=110",
                "training.warmup-steps=10",
                "optimizer.learning-rate=1.0",
                "optimizer.final-ratio=0.1"));
    LearningRate rate = new LearningRate(config.optimizer(), config.training());
    assertThat(rate.at(1)).isCloseTo(0.1, within(1e-12));
    assertThat(rate.at(10)).isCloseTo(1.0, within(1e-12));
    assertThat(rate.at(60)).isCloseTo(0.55, within(1e-12)); // half way: the mean of both ends
    assertThat(rate.at(110)).isCloseTo(0.1, within(1e-12));
    for (long step = 11; step <= 110; step++) {
      assertThat(rate.at(step)).isLessThan(rate.at(step - 1));
    }
  }
}
