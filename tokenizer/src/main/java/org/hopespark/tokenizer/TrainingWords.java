// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * The distinct pieces of a corpus while a tokenizer is trained: each a row of ids, which gets
 * shorter with every merge, and the number of its occurrences.
 */
final class TrainingWords {
  /** Told of each place where a pair of neighbours appears or vanishes. */
  interface PairListener {
    void appeared(long pair);

    void vanished(long pair);
  }

  private final int[] starts;
  private final int[] lengths;
  private final long[] counts;
  private int[] ids;
  private int numWords;

  TrainingWords(PieceCounter pieces, int[] byteIds) {
    int capacity = pieces.distinctPieces();
    this.starts = new int[capacity];
    this.lengths = new int[capacity];
    this.counts = new long[capacity];
    this.ids = new int[capacity * 8 + 8];
    pieces.forEach((piece, count) -> append(piece, count, byteIds));
  }

  int size() {
    return numWords;
  }

  long count(int word) {
    return counts[word];
  }

  /** Tells of every pair of neighbours in a word, overlapping ones too. */
  void forEachPair(int word, PairListener listener) {
    int end = starts[word] + lengths[word];
    for (int at = starts[word]; at + 1 < end; at++) {
      listener.appeared(Pairs.of(ids[at], ids[at + 1]));
    }
  }

  /**
   * Merges a pair in one word, left to right without overlap, and tells of the neighbours' pairs.
   * The vanishing of the merged pair itself is not told.
   */
  void merge(int word, long pair, int result, PairListener listener) {
    int left = Pairs.left(pair);
    int right = Pairs.right(pair);
    int start = starts[word];
    int end = start + lengths[word];
    int out = start;
    int at = start;
    while (at < end) {
      if (ids[at] != left || at + 1 == end || ids[at + 1] != right) {
        ids[out++] = ids[at++];
        continue;
      }

      if (out > start) {
        listener.vanished(Pairs.of(ids[out - 1], left));
        listener.appeared(Pairs.of(ids[out - 1], result));
      }
      if (at + 2 < end) {
        listener.vanished(Pairs.of(right, ids[at + 2]));
        listener.appeared(Pairs.of(result, ids[at + 2]));
      }
      ids[out++] = result;
      at += 2;
    }
    lengths[word] = out - start;
  }

  private void append(byte[] piece, long count, int[] byteIds) {
    int start = numWords == 0 ? 0 : starts[numWords - 1] + lengths[numWords - 1];
    int end = Math.addExact(start, piece.length);
    if (end > ids.length) {
      ids =
          Arrays.copyOf(
              ids, Math.max(end, (int) Math.min(Integer.MAX_VALUE - 8, ids.length * 3L / 2)));
    }
    for (int i = 0; i < piece.length; i++) {
      ids[start + i] = byteIds[piece[i] & 0xFF];
    }
    starts[numWords] = start;
    lengths[numWords] = piece.length;
    counts[numWords] = count;
    numWords++;
  }
}
