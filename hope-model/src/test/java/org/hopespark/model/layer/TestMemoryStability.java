// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.kernel.KeptHead;
import org.hopespark.model.tensor.Initializer;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What keeps the writes bounded: norms of a memory's weights at the chunk starts of one sequence of
 * 256 tokens, from the initial parameters, with each safeguard and without it.
 */
class TestMemoryStability {
  private static final int TOKENS = 256;
  private static final int CHUNK = 16;
  private static final long SEED = 3;

  private static double[] norms(String memory, String... switches) {
    List<String> overrides =
        new ArrayList<>(
            List.of(
                "model.vocab-size=257",
                "model.dim=32",
                "model.layers=1",
                "model.heads=1",
                "model.memory.chunk=" + CHUNK,
                "model.memory.projection-chunk=" + CHUNK,
                "model.cms=[{name: only, period: 1, hidden-ratio: 0.5}]"));
    for (String each : switches) {
      overrides.add("model.memory." + each);
    }
    ModelConfig model = RunConfig.read(new ByteArrayInputStream(new byte[0]), overrides).model();
    ParameterLayout layout = new ParameterLayout(model);
    try (Slab parameters = Slab.allocate("parameters", layout.size());
        BlockNetwork network = BlockNetwork.create(model, layout, parameters, 1, TOKENS)) {
      Initializer.initialize(layout, SEED, parameters);
      network.loss(new SplittableRandom(SEED).ints(TOKENS + 1, 0, 257).toArray());
      SelfModifyingTitans titans = (SelfModifyingTitans) network.layers[0];
      KeptHead kept = new KeptHead(model, TOKENS, titans.in.slab(), titans.cache(0, 0));
      double[] norms = new double[TOKENS / CHUNK];
      Arrays.setAll(norms, chunk -> norm(kept.state(memory, chunk)));
      System.out.printf("%s %s: %s%n", memory, String.join(" ", switches), format(norms));
      return norms;
    }
  }

  private static double norm(float[][] weights) {
    double squares = 0;
    for (float[] weight : weights) {
      for (float value : weight) {
        squares += (double) value * value;
      }
    }
    return Math.sqrt(squares);
  }

  private static String format(double[] norms) {
    return String.join(
        " ", Arrays.stream(norms).mapToObj("%.3g"::formatted).toArray(String[]::new));
  }

  /**
   * Growth is the largest norm of a chunk over the first, infinite where one is not a number.
   * Bounds lie far from the figures beside them, which a chaotic sequence moves by factors.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The defaults, eta starting at 0.19: 1.05 and 1.09. In the middle of its range: 2.1, 1.9.
        "v | | 1 | 1.3",
        "memory | | 1 | 1.3",
        "v | eta-bias=0 | 1 | 4",
        "memory | eta-bias=0 | 1 | 4",
        // At the top of its range (3.8) values of length one keep M_v at 69, else 3e9.
        "v | eta-bias=3 | 1 | 1e4",
        "v | eta-bias=3 unit-values=false | 1e6 | Infinity",
        "memory | eta-bias=3 unit-values=false | 1e6 | Infinity",
        // W1 frozen at the chunk's start: not a number within six chunks at eta 2, calm at 0.1.
        "v | eta-bias=0 w1=frozen | 1e6 | Infinity",
        "memory | eta-bias=0 w1=frozen | 1e6 | Infinity",
        "v | eta-bias=0 w1=frozen eta-max=0.2 | 1 | 1.3",
        // W2 at the full rate: 6e4 at eta 2, 7e16 at 3.8, where 1/20 of it gives 2.1 and 69.
        "v | eta-bias=0 w2-rate=1 | 1e3 | Infinity",
        "v | eta-bias=3 w2-rate=1 | 1e6 | Infinity",
        "v | w2-rate=1 | 1 | 1.3",
        // Momentum multiplies the long-run write by 1 / (1 - theta): 3e10 at eta 0.19, 1.9 at 0.1.
        "v | momentum=0.9 | 1e6 | Infinity",
        "v | momentum=0.9 eta-max=0.2 eta-bias=0 | 1 | 4",
      })
  void growthIsBoundedWithTheSafeguardAndNotWithout(
      String memory, String switches, double lowest, double highest) {
    String[] words =
        switches == null
            ? new String[0]
            : Pattern.compile(" ").splitAsStream(switches).toArray(String[]::new);
    double growth = growth(norms(memory, words));
    assertThat(growth).isBetween(lowest, highest);
  }

  private static double growth(double[] norms) {
    double largest = 0;
    for (double norm : norms) {
      largest = Double.isFinite(norm) ? Math.max(largest, norm) : Double.POSITIVE_INFINITY;
    }
    return largest / norms[0];
  }
}
