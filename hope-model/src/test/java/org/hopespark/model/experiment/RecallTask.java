// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.experiment;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.hopespark.model.kernel.CrossEntropy;

/**
 * Associative recall: key-value pairs, then keys again at random, each followed by the value that
 * belongs to it. The only targets are the values after those keys.
 *
 * <p>Keys are different ids of the lower half of the vocabulary, values any ids of the upper half,
 * so that nothing but the pairs of the same sequence says which value belongs to a key.
 */
final class RecallTask {
  private final int half;
  private final int tokens;
  private final int pairs;
  private final SplittableRandom random;
  private final int[] keys;
  private final int[] values;

  RecallTask(int vocabulary, int tokens, int pairs, SplittableRandom random) {
    this.half = vocabulary / 2;
    this.tokens = tokens;
    this.pairs = pairs;
    this.random = random;
    keys = new int[half];
    values = new int[pairs];
    for (int key = 0; key < half; key++) {
      keys[key] = key;
    }
  }

  /** Number of targets of one sequence. */
  int queries() {
    return tokens / 2 - pairs;
  }

  /** Position of the key of query {@code query} in its sequence, where the target stands too. */
  int position(int query) {
    return 2 * (pairs + query);
  }

  /** Overwrites {@code inputs} and {@code targets}, B x T each, with fresh sequences. */
  void draw(int[] inputs, int[] targets) {
    Arrays.fill(targets, CrossEntropy.NO_TARGET);
    for (int start = 0; start < inputs.length; start += tokens) {
      drawPairs();
      for (int pair = 0; pair < tokens / 2; pair++) {
        boolean isQuery = pair >= pairs;
        int chosen = isQuery ? random.nextInt(pairs) : pair;
        inputs[start + 2 * pair] = keys[chosen];
        inputs[start + 2 * pair + 1] = values[chosen];
        if (isQuery) {
          targets[start + 2 * pair] = values[chosen];
        }
      }
    }
  }

  // The first steps of a shuffle: the keys that stand in front are drawn without repetition.
  private void drawPairs() {
    for (int pair = 0; pair < pairs; pair++) {
      int other = pair + random.nextInt(half - pair);
      int key = keys[other];
      keys[other] = keys[pair];
      keys[pair] = key;
      values[pair] = half + random.nextInt(half);
    }
  }
}
