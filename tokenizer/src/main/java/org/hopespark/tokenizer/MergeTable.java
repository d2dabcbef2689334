// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;
import java.util.List;

/**
 * What every pair of neighbouring ids merges to, and when: an open-addressing table whose slots lie
 * side by side, since a look-up costs the cache lines that it touches.
 */
final class MergeTable {
  /** The step of a pair that does not merge; later than any other. */
  static final long NO_STEP = Long.MAX_VALUE;

  private static final long EMPTY = -1;

  private final List<Merge> merges;
  private final int[] results;
  private final boolean inOrder;

  /** Pair and step in turn. */
  private final long[] slots;

  private final int shift;

  /** Takes merges in the order of their ranks; of equal pairs the last one counts, as in HF. */
  MergeTable(List<Merge> merges) {
    this.merges = List.copyOf(merges);
    int capacity = Integer.highestOneBit(Math.max(4, merges.size())) << 2;
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity);
    this.slots = new long[capacity * 2];
    Arrays.fill(slots, EMPTY);
    this.results = merges.stream().mapToInt(Merge::result).toArray();
    for (int rank = 0; rank < results.length; rank++) {
      Merge merge = merges.get(rank);
      long pair = Pairs.of(merge.left(), merge.right());
      int slot = slot(pair);
      slots[slot] = pair;
      slots[slot + 1] = ((long) rank << 32) | results[rank];
    }
    this.inOrder = everyTokenIsMadeBeforeItMerges();
  }

  List<Merge> merges() {
    return merges;
  }

  /** Ranks are 0 up to this minus 1. */
  int numRanks() {
    return results.length;
  }

  /** Id that the merges of a rank give. */
  int resultOf(int rank) {
    return results[rank];
  }

  /**
   * Whether a merge makes only pairs of higher rank than its own, as in every trained table: then
   * merging may go rank by rank.
   */
  boolean isInOrder() {
    return inOrder;
  }

  /** Rank of a pair in the upper half, 0 the first to merge, and its result in the lower. */
  long step(int left, int right) {
    long pair = Pairs.of(left, right);
    int slot = slot(pair);
    return slots[slot] == pair ? slots[slot + 1] : NO_STEP;
  }

  static int rank(long step) {
    return (int) (step >>> 32);
  }

  static int result(long step) {
    return (int) step;
  }

  private boolean everyTokenIsMadeBeforeItMerges() {
    int numIds = merges.stream().mapToInt(merge -> merge.result() + 1).max().orElse(0);
    int[] lastRank = new int[numIds];
    Arrays.fill(lastRank, -1);
    for (Merge merge : merges) {
      int rank = rank(step(merge.left(), merge.right()));
      lastRank[merge.result()] = Math.max(lastRank[merge.result()], rank);
    }
    for (Merge merge : merges) {
      int rank = rank(step(merge.left(), merge.right()));
      if (madeAt(merge.left(), lastRank) >= rank || madeAt(merge.right(), lastRank) >= rank) {
        return false;
      }
    }
    return true;
  }

  private static int madeAt(int id, int[] lastRank) {
    return id < lastRank.length ? lastRank[id] : -1;
  }

  private int slot(long pair) {
    int slot = Pairs.slot(pair, shift) * 2;
    while (slots[slot] != pair && slots[slot] != EMPTY) {
      slot = (slot + 2) & (slots.length - 1);
    }
    return slot;
  }
}
