// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.bench;

import java.util.SplittableRandom;

/** Where the token ids of a measured step come from. */
@FunctionalInterface
public interface TokenSource {
  /**
   * Fills {@code ids}, batch-size x (sequence-length + 1), with the ids of virtual shard {@code
   * shard} in {@code step}.
   */
  void read(long step, int shard, int[] ids);

  /** Ids drawn evenly from a vocabulary; the same ones for every run. */
  static TokenSource random(int vocabularySize) {
    SplittableRandom random = new SplittableRandom(vocabularySize);
    return (step, shard, ids) -> {
      for (int i = 0; i < ids.length; i++) {
        ids[i] = random.nextInt(vocabularySize);
      }
    };
  }
}
