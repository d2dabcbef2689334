// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;

/**
 * A model of a few thousand parameters, every one of them far from its special start, for exact
 * comparisons.
 */
final class SmallModel implements AutoCloseable {
  static final int TOKENS = 11;
  static final int SEQUENCES = 2;

  final RunConfig config;
  final ParameterLayout layout;
  final Slab parameters;
  final double[] values;
  final int[] ids;

  SmallModel(long seed, String... overrides) {
    String yaml =
        """
        model:
          vocab-size: 257
          dim: 8
          layers: 2
          heads: 2
          memory: { chunk: 4, projection-chunk: 3, hidden-ratio: 1.5, eta-bias: 0.0, alpha-bias: 1.0, w2-rate: 0.3 }
          cms: [ { name: fast, period: 1, hidden-ratio: 0.75 }, { name: slow, period: 2, hidden-ratio: 0.5 } ]
        """;
    config =
        RunConfig.read(
            new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), List.of(overrides));
    layout = new ParameterLayout(config.model());
    parameters = Slab.allocate("parameters", layout.size());
    SplittableRandom random = new SplittableRandom(seed);
    values = new double[(int) layout.size()];
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) (0.7 * (random.nextDouble() * 2 - 1));
      values[i] = floats[i];
    }
    parameters.write(0, floats, 0, floats.length);
    ids = random.ints((long) SEQUENCES * (TOKENS + 1), 0, 40).toArray();
  }

  BlockNetwork network() {
    return BlockNetwork.create(config.model(), layout, parameters, SEQUENCES, TOKENS);
  }

  /** The loss of all sequences by the independent token loop, in float64, at {@code values}. */
  double referenceLoss(double[] values) {
    TokenLoopModel model = new TokenLoopModel(config.model(), layout, values);
    double sum = 0;
    for (int b = 0; b < SEQUENCES; b++) {
      sum += model.loss(Arrays.copyOfRange(ids, b * (TOKENS + 1), (b + 1) * (TOKENS + 1)));
    }
    return sum;
  }

  /** The exact gradient of {@link #referenceLoss}. */
  double[] referenceGradient(double[] values) {
    double[] sum = new double[values.length];
    for (int b = 0; b < SEQUENCES; b++) {
      int[] sequence = Arrays.copyOfRange(ids, b * (TOKENS + 1), (b + 1) * (TOKENS + 1));
      double[] part = TokenLoopModel.gradient(config.model(), layout, values, sequence);
      Arrays.setAll(sum, i -> sum[i] + part[i]);
    }
    return sum;
  }

  @Override
  public void close() {
    parameters.close();
  }
}
