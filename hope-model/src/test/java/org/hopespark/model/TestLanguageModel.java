// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.train.Replica;
import org.junit.jupiter.api.Test;

class TestLanguageModel {
  /** More targets than the rows of one block of logits (128), and no multiple of them. */
  private static final int LENGTH = 300;

  private static final RunConfig CONFIG =
      RunConfig.read(
          new ByteArrayInputStream(new byte[0]),
          List.of(
              "model.vocab-size=300",
              "model.dim=16",
              "model.layers=1",
              "model.heads=2",
              "training.sequence-length=" + LENGTH,
              "training.batch-size=1",
              "training.virtual-shards=1",
              "sync.workers=1"));

  @Test
  void scoresEveryTargetAsTrainingDoes() throws Exception {
    int[] tokens = new Random(11).ints(LENGTH + 1, 0, 300).toArray();
    ByteArrayOutputStream parameters = new ByteArrayOutputStream();
    double trainingLoss;
    try (Replica replica = Replica.create(CONFIG, 1, 1)) {
      replica.state().writeParameters(parameters);
      trainingLoss = replica.accumulate(new int[][] {tokens}).get(0).lossSum();
    }

    double[] losses = new double[LENGTH];
    try (LanguageModel model =
        LanguageModel.read(CONFIG, new ByteArrayInputStream(parameters.toByteArray()))) {
      assertThat(model.losses(tokens, losses)).isCloseTo(trainingLoss, within(1e-6 * trainingLoss));
      assertThat(model.lossSum(tokens)).isCloseTo(Arrays.stream(losses).sum(), within(1e-9));
    }

    assertThat(Arrays.stream(losses).boxed().toList()).allMatch(loss -> loss > 0);
  }
}
