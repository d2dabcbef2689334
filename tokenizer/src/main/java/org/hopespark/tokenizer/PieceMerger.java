// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/**
 * Merges the bytes of one piece into tokens, lowest rank first and leftmost first among equal
 * ranks.
 *
 * <p>The tokens of a piece are a doubly linked list over its byte positions, and the pairs that may
 * merge wait in a heap: O(n log n) for a piece of n bytes. Holds scratch space: one merger per
 * thread.
 */
final class PieceMerger {
  private static final int REMOVED = -1;
  private static final int NONE = -1;

  private final Vocabulary vocabulary;
  private final MergeTable merges;

  /** Rank in the upper half, byte position of the left token in the lower half. */
  private final LongHeap candidates = new LongHeap();

  private int[] ids = new int[64];
  private int[] next = new int[64];
  private int[] previous = new int[64];

  PieceMerger(Vocabulary vocabulary, MergeTable merges) {
    this.vocabulary = vocabulary;
    this.merges = merges;
  }

  /** Ids of the piece {@code text[from, to)}, which holds at least one byte. */
  int[] merge(byte[] text, int from, int to) {
    int length = to - from;
    link(text, from, length);
    for (int at = 0; at + 1 < length; at++) {
      offer(at);
    }

    int numTokens = length;
    while (!candidates.isEmpty()) {
      long candidate = candidates.pop();
      int result = merges.result((int) (candidate >>> 32));
      int at = (int) candidate;
      if (isStale(at, result)) {
        continue;
      }

      join(at, result);
      numTokens--;
    }
    return collect(numTokens);
  }

  private void link(byte[] text, int from, int length) {
    if (ids.length < length) {
      int capacity = Math.max(length, ids.length * 2);
      ids = new int[capacity];
      next = new int[capacity];
      previous = new int[capacity];
    }

    for (int at = 0; at < length; at++) {
      ids[at] = vocabulary.byteId(text[from + at]);
      next[at] = at + 1;
      previous[at] = at - 1;
    }
    next[length - 1] = NONE;
  }

  private void offer(int at) {
    int rank = merges.rank(ids[at], ids[next[at]]);
    if (rank != MergeTable.NO_RANK) {
      candidates.push(((long) rank << 32) | at);
    }
  }

  /** A candidate is stale once one of its tokens went into another merge. */
  private boolean isStale(int at, int result) {
    if (ids[at] == REMOVED || next[at] == NONE) {
      return true;
    }

    int rank = merges.rank(ids[at], ids[next[at]]);
    return rank == MergeTable.NO_RANK || merges.result(rank) != result;
  }

  private void join(int at, int result) {
    int right = next[at];
    ids[at] = result;
    ids[right] = REMOVED;
    next[at] = next[right];
    if (next[at] != NONE) {
      previous[next[at]] = at;
      offer(at);
    }
    if (previous[at] != NONE) {
      offer(previous[at]);
    }
  }

  private int[] collect(int numTokens) {
    int[] tokens = new int[numTokens];
    int at = 0;
    for (int i = 0; i < numTokens; i++) {
      tokens[i] = ids[at];
      at = next[at];
    }
    return tokens;
  }
}
