// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.BitSet;

/**
 * Merges the bytes of one piece into tokens, lowest rank first and leftmost first among equal
 * ranks.
 *
 * <p>A short piece by looking for the lowest rank again and again, which is quadratic and fast; a
 * long one by a merger whose time has a bound. Holds scratch space: one merger per thread.
 */
final class PieceMerger {
  /** Where looking through all pairs gets slower than keeping them in order. */
  static final int SHORT_BYTES = 40;

  /** Scratch space for longer pieces is given back after use. */
  private static final int KEPT_BYTES = 1 << 16;

  private final Vocabulary vocabulary;
  private final MergeTable merges;

  /** Pairs of bytes that some merge joins: the last of its left token, the first of its right. */
  private final BitSet joined = new BitSet(1 << 16);

  private final int[] ids = new int[SHORT_BYTES];
  private final long[] steps = new long[SHORT_BYTES];
  private PassMerger byPass;
  private HeapMerger byHeap;

  PieceMerger(Vocabulary vocabulary, MergeTable merges) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    for (Merge merge : merges.merges()) {
      byte[] left = vocabulary.decoded(merge.left());
      byte[] right = vocabulary.decoded(merge.right());
      joined.set(pair(left[left.length - 1], right[0]));
    }
  }

  /** Appends the ids of the piece {@code text[from, to)}, which holds at least one byte. */
  void merge(byte[] text, int from, int to, IdBuffer out) {
    if (to - from <= SHORT_BYTES) {
      mergeShort(text, from, to - from, out);
      return;
    }

    // No token ever reaches across two bytes that no merge joins: each part merges by itself.
    int start = from;
    for (int at = from + 1; at <= to; at++) {
      if (at == to || !joined.get(pair(text[at - 1], text[at]))) {
        mergePart(text, start, at, out);
        start = at;
      }
    }
  }

  private void mergePart(byte[] text, int from, int to, IdBuffer out) {
    if (to - from <= SHORT_BYTES) {
      mergeShort(text, from, to - from, out);
    } else if (merges.isInOrder() && to - from <= PassMerger.MAX_BYTES) {
      byPass = byPass == null ? new PassMerger(vocabulary, merges) : byPass;
      byPass.merge(text, from, to, out);
      byPass = to - from <= KEPT_BYTES ? byPass : null;
    } else {
      byHeap = byHeap == null ? new HeapMerger(vocabulary, merges) : byHeap;
      byHeap.merge(text, from, to, out);
      byHeap = to - from <= KEPT_BYTES ? byHeap : null;
    }
  }

  private static int pair(byte left, byte right) {
    return ((left & 0xFF) << 8) | (right & 0xFF);
  }

  private void mergeShort(byte[] text, int from, int length, IdBuffer out) {
    for (int i = 0; i < length; i++) {
      ids[i] = vocabulary.byteId(text[from + i]);
    }
    for (int i = 0; i + 1 < length; i++) {
      steps[i] = merges.step(ids[i], ids[i + 1]);
    }

    int numTokens = length;
    while (numTokens > 1) {
      int first = 0;
      for (int i = 1; i + 1 < numTokens; i++) {
        first = MergeTable.rank(steps[i]) < MergeTable.rank(steps[first]) ? i : first;
      }
      if (steps[first] == MergeTable.NO_STEP) {
        break;
      }

      ids[first] = MergeTable.result(steps[first]);
      numTokens--;
      for (int i = first + 1; i < numTokens; i++) {
        ids[i] = ids[i + 1];
        steps[i] = steps[i + 1];
      }
      if (first + 1 < numTokens) {
        steps[first] = merges.step(ids[first], ids[first + 1]);
      }
      if (first > 0) {
        steps[first - 1] = merges.step(ids[first - 1], ids[first]);
      }
    }
    out.append(ids, 0, numTokens);
  }
}
