// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/**
 * Merges a piece of any length under any table, lowest rank first and leftmost first among equal
 * ranks.
 *
 * <p>The tokens of a piece are a doubly linked list over its byte positions, and the pairs that may
 * merge wait in a heap: O(n log n) for a piece of n bytes. Holds scratch space: one per thread.
 */
final class HeapMerger {
  private static final int REMOVED = -1;
  private static final int NONE = -1;

  private final Vocabulary vocabulary;
  private final MergeTable merges;

  /** Rank in the upper half, byte position of the left token in the lower half. */
  private final LongHeap candidates = new LongHeap();

  private int[] ids = new int[64];
  private int[] next = new int[64];
  private int[] previous = new int[64];

  HeapMerger(Vocabulary vocabulary, MergeTable merges) {
    this.vocabulary = vocabulary;
    this.merges = merges;
  }

  /** Appends the ids of the piece {@code text[from, to)}, which holds at least one byte. */
  void merge(byte[] text, int from, int to, IdBuffer out) {
    int length = to - from;
    link(text, from, length);
    for (int at = 0; at + 1 < length; at++) {
      offer(at);
    }

    while (!candidates.isEmpty()) {
      long candidate = candidates.pop();
      int at = (int) candidate;
      if (ids[at] == REMOVED || next[at] == NONE) {
        continue;
      }

      // Tokens only grow, so a pair that changed since it was offered has another rank.
      long step = merges.step(ids[at], ids[next[at]]);
      if (step != MergeTable.NO_STEP && MergeTable.rank(step) == (int) (candidate >>> 32)) {
        join(at, MergeTable.result(step));
      }
    }

    for (int at = 0; at != NONE; at = next[at]) {
      out.append(ids[at]);
    }
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
    long step = merges.step(ids[at], ids[next[at]]);
    if (step != MergeTable.NO_STEP) {
      candidates.push(((long) MergeTable.rank(step) << 32) | at);
    }
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
}
