// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.hopespark.model.tensor.Initializer;
import org.hopespark.model.tensor.TensorSpec;
import org.hopespark.model.twin.DoubleNetwork;
import org.junit.jupiter.api.Test;

/**
 * Independent CMS levels (Eq. 74) against the token loop, and against the chain where they meet.
 */
class TestCmsVariants {
  private static final long SEED = 20261123;

  @Test
  void independentLevelsEqualTheTokenLoop() {
    try (SmallModel model = new SmallModel(SEED, "model.cms-variant=independent");
        BlockNetwork single = model.network();
        DoubleNetwork network =
            new DoubleNetwork(
                model.config.model(), model.values, SmallModel.SEQUENCES, SmallModel.TOKENS)) {
      double expected = model.referenceLoss(model.values);
      assertThat(single.loss(model.ids)).isCloseTo(expected, within(2e-5 * expected));
      double[] losses = new double[SmallModel.SEQUENCES * SmallModel.TOKENS];
      network.losses(model.ids, losses);
      assertThat(Arrays.stream(losses).sum()).isCloseTo(expected, within(1e-12 * expected));
      double[] gradient = network.gradient(model.ids);
      double[] exact = model.referenceGradient(model.values);
      for (TensorSpec tensor : model.layout.tensors()) {
        int from = (int) tensor.offset();
        int to = from + (int) tensor.size();
        double largest = Arrays.stream(exact, from, to).map(Math::abs).max().orElseThrow();
        assertThat(largest).as(tensor.name()).isPositive();
        for (int i = from; i < to; i++) {
          assertThat(gradient[i]).as(tensor.name()).isCloseTo(exact[i], within(1e-11 * largest));
        }
      }
    }
  }

  /** One level on the block's input is one link of the chain, as long as its weight is one. */
  @Test
  void oneIndependentLevelOfWeightOneIsTheChain() {
    String level = "model.cms=[{name: only, period: 1, hidden-ratio: 0.75}]";
    try (SmallModel chain = new SmallModel(SEED, level);
        SmallModel sum = new SmallModel(SEED, level, "model.cms-variant=independent");
        BlockNetwork chainNetwork = chain.network();
        BlockNetwork sumNetwork = sum.network()) {
      Initializer.initialize(chain.layout, 5, chain.parameters);
      Initializer.initialize(sum.layout, 5, sum.parameters);
      assertThat(sumNetwork.loss(chain.ids)).isEqualTo(chainNetwork.loss(chain.ids));
    }
  }
}
