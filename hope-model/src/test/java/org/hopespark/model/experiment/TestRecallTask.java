// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.kernel.CrossEntropy;
import org.junit.jupiter.api.Test;

class TestRecallTask {
  private static final long SEED = 44;
  private static final int VOCABULARY = 34;
  private static final int TOKENS = 32;
  private static final int PAIRS = 4;
  private static final int SEQUENCES = 4000;

  private final RecallTask task =
      new RecallTask(VOCABULARY, TOKENS, PAIRS, new SplittableRandom(SEED));
  private final int[] inputs = new int[SEQUENCES * TOKENS];
  private final int[] targets = new int[SEQUENCES * TOKENS];

  TestRecallTask() {
    System.out.println("seed " + SEED);
    task.draw(inputs, targets);
  }

  @Test
  void thePairsSayWhatEveryTargetIs() {
    assertThat(task.queries()).isEqualTo(12);
    for (int start = 0; start < inputs.length; start += TOKENS) {
      Map<Integer, Integer> valueOf = new HashMap<>();
      for (int t = 0; t < TOKENS; t += 2) {
        int key = inputs[start + t];
        int value = inputs[start + t + 1];
        assertThat(key).isBetween(0, 16);
        assertThat(value).isBetween(17, 33);
        assertThat(targets[start + t + 1]).isEqualTo(CrossEntropy.NO_TARGET);
        if (t < 2 * PAIRS) {
          assertThat(valueOf.put(key, value)).as("an earlier value of the key").isNull();
          assertThat(targets[start + t]).isEqualTo(CrossEntropy.NO_TARGET);
        } else {
          assertThat(value).isEqualTo(valueOf.get(key));
          assertThat(targets[start + t]).isEqualTo(value);
          assertThat(task.position(t / 2 - PAIRS)).isEqualTo(t);
        }
      }
    }
  }

  /**
   * What can be known without a memory, from the four tokens that the convolution sees (value, key,
   * value, key of the query): the value after the same key; otherwise the older value, which
   * belongs to an unknown key. Counted here, so that the accuracy of a model that cannot write is
   * read against this and not against one in four.
   */
  @Test
  void theConvolutionAloneIsRightInLessThanHalf() {
    int right = 0;
    for (int start = 0; start < inputs.length; start += TOKENS) {
      for (int query = 0; query < task.queries(); query++) {
        int t = start + task.position(query);
        int guess = inputs[t] == inputs[t - 2] ? inputs[t - 1] : inputs[t - 3];
        right += guess == targets[t] ? 1 : 0;
      }
    }
    double share = (double) right / (SEQUENCES * task.queries());
    // 48,000 guesses, not all independent: three deviations are below 0.01.
    assertThat(share).isCloseTo(expectedOfTheConvolution(), within(0.01));
  }

  /**
   * The same key in one query of four. Otherwise the older value: of the key itself with 1/4 (any
   * of the four keys, independent of the last query's) and of another with the same value by chance
   * with 1/17; in the first query the older value stands before the last pair, so its key is one of
   * three.
   */
  private static double expectedOfTheConvolution() {
    double other = 1.0 / 17;
    double later = 0.25 + 0.75 * (0.25 + 0.75 * other);
    double first = 0.25 + 0.75 * (1.0 / 3 + 2.0 / 3 * other);
    return (first + 11 * later) / 12;
  }

  @Test
  void theShippedConfigurationIsThatOfTheTask() throws IOException {
    try (InputStream yaml =
        Files.newInputStream(Path.of("..", "docs", "experiments", "recall.yaml"))) {
      RunConfig config = RunConfig.read(yaml, List.of());
      assertThat(config.model().vocabularySize()).isEqualTo(VOCABULARY);
      assertThat(config.training().sequenceLength()).isEqualTo(TOKENS);
      assertThat(config.training().batchSize() * config.training().virtualShards()).isEqualTo(64);
      assertThat(config.model().dim()).isEqualTo(64);
      assertThat(config.model().heads()).isEqualTo(2);
      assertThat(config.model().layers()).isEqualTo(1);
    }
  }
}
