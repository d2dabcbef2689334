// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.InputStream;
import java.util.List;
import java.util.SplittableRandom;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;
import org.junit.jupiter.api.Test;

/** SGD with momentum against its formula in double. */
class TestSgd {
  private static final long SEED = 33_34;
  private static final RunConfig CONFIG =
      RunConfig.read(
          InputStream.nullInputStream(),
          List.of(
              "model.vocab-size=300",
              "model.dim=8",
              "model.layers=1",
              "model.heads=2",
              "optimizer.momentum=0.8",
              "optimizer.weight-decay=0.2",
              "optimizer.clip-norm=1.5"));
  private static final ParameterLayout LAYOUT = new ParameterLayout(CONFIG.model());

  /** State packed from element 100 on, ranges that do not mind tensors. */
  @Test
  void equalsTheFormulaInDouble() {
    System.out.println("seed " + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    int n = (int) LAYOUT.size();
    int start = 100;
    try (Slab p = Slab.allocate("p", n);
        Slab m = Slab.allocate("m", n - start);
        Slab g = Slab.allocate("g", n)) {
      Sgd sgd = new Sgd(CONFIG.optimizer(), LAYOUT, p, new Moments(m, -start));
      double[] expected = new double[n];
      double[] momentum = new double[n];
      boolean[] decays = new boolean[n];
      for (TensorSpec tensor : LAYOUT.tensors()) {
        for (int i = (int) tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
          decays[i] = tensor.shape().size() > 1;
        }
      }
      for (int i = 0; i < n; i++) {
        p.write(i, (float) random.nextDouble(-1, 1));
        expected[i] = p.read(i);
      }
      for (int update = 1; update <= 5; update++) {
        for (int i = 0; i < n; i++) {
          g.write(i, (float) random.nextDouble(-1, 1));
        }
        double rate = 0.02 / update;
        // A mean over four tokens; of norm 6, so cut to a quarter of itself.
        Coefficients by = Coefficients.of(CONFIG.optimizer(), 6, 0.25, update, rate);
        for (int from = start; from < n; from += 37) {
          sgd.step(by, g, from, Math.min(n, from + 37), new Scratch());
        }
        for (int i = start; i < n; i++) {
          momentum[i] = 0.8 * momentum[i] + 0.25 * 0.25 * g.read(i);
          expected[i] -= rate * (momentum[i] + (decays[i] ? 0.2 * expected[i] : 0));
        }
      }
      for (int i = 0; i < n; i++) {
        // Five roundings of numbers up to 1, each 6e-8 at most.
        assertThat((double) p.read(i)).as("parameter %d", i).isCloseTo(expected[i], within(4e-7));
      }
    }
  }
}
