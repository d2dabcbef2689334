// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;
import java.util.List;

/**
 * Rank of every pair of ids that merges: an open-addressing table from (left, right) to the place
 * in the list of merges.
 */
final class MergeTable {
  static final int NO_RANK = -1;

  private static final long EMPTY = -1;

  private final List<Merge> merges;
  private final int[] results;
  private final long[] pairs;
  private final int[] ranks;
  private final int shift;

  /** Takes merges in the order of their ranks; of equal pairs the last one counts, as in HF. */
  MergeTable(List<Merge> merges) {
    this.merges = List.copyOf(merges);
    this.results = merges.stream().mapToInt(Merge::result).toArray();
    int capacity = Integer.highestOneBit(Math.max(4, merges.size())) << 2;
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity);
    this.pairs = new long[capacity];
    this.ranks = new int[capacity];
    Arrays.fill(pairs, EMPTY);
    for (int rank = 0; rank < results.length; rank++) {
      Merge merge = merges.get(rank);
      long pair = Pairs.of(merge.left(), merge.right());
      int slot = slot(pair);
      pairs[slot] = pair;
      ranks[slot] = rank;
    }
  }

  List<Merge> merges() {
    return merges;
  }

  /** Rank of a pair, 0 the first to merge, or NO_RANK. */
  int rank(int left, int right) {
    int slot = slot(Pairs.of(left, right));
    return pairs[slot] == EMPTY ? NO_RANK : ranks[slot];
  }

  /** Id of the token that the merge of this rank gives. */
  int result(int rank) {
    return results[rank];
  }

  private int slot(long pair) {
    int slot = Pairs.slot(pair, shift);
    while (pairs[slot] != pair && pairs[slot] != EMPTY) {
      slot = (slot + 1) & (pairs.length - 1);
    }
    return slot;
  }
}
