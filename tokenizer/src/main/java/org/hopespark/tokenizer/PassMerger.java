// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * Merges a long piece rank by rank, each rank in one pass from left to right.
 *
 * <p>Under a table whose merges make only pairs of higher rank ({@link MergeTable#isInOrder}) no
 * pair of a rank appears once its pass has begun, so this is the order of the definition. Every
 * merge offers two pairs at most: less than three entries per byte. Entries of one rank come nearly
 * sorted, and sorting them bounds the whole by O(n log n). Holds scratch space: one per thread.
 */
final class PassMerger {
  private static final int NONE = -1;
  private static final int NO_RANK = -1;

  private static final int NODE = 4;
  private static final int NEXT = 1;
  private static final int PREVIOUS = 2;
  private static final int RANK = 3;

  /** Longest piece whose nodes fit into an array. */
  static final int MAX_BYTES = (Integer.MAX_VALUE - 8) / NODE;

  private final Vocabulary vocabulary;
  private final MergeTable merges;

  /** Ranks that have entries. */
  private final LongHeap waiting = new LongHeap();

  /** By rank, its latest entry. */
  private final int[] lastEntry;

  /**
   * By position: id, next and previous position, and the rank of the pair that starts there; side
   * by side, since a pass over a rare rank jumps through the piece.
   */
  private int[] nodes = {};

  private int[] entryPosition = new int[64];
  private int[] entryBefore = new int[64];
  private int numEntries;
  private int[] pass = new int[64];

  PassMerger(Vocabulary vocabulary, MergeTable merges) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.lastEntry = new int[merges.numRanks()];
    Arrays.fill(lastEntry, NONE);
  }

  /** Appends the ids of the piece {@code text[from, to)}, which holds at least one byte. */
  void merge(byte[] text, int from, int to, IdBuffer out) {
    int length = to - from;
    link(text, from, length);
    numEntries = 0;
    for (int at = 0; at < length; at++) {
      offer(at);
    }

    while (!waiting.isEmpty()) {
      int rank = (int) waiting.pop();
      int result = merges.resultOf(rank);
      int numPositions = takePositions(rank);
      for (int i = 0; i < numPositions; i++) {
        int at = pass[i];
        if (nodes[at * NODE + RANK] == rank) {
          join(at, result);
        }
      }
    }

    for (int at = 0; at != NONE; at = nodes[at * NODE + NEXT]) {
      out.append(nodes[at * NODE]);
    }
  }

  private void link(byte[] text, int from, int length) {
    if (nodes.length < length * NODE) {
      nodes = new int[Math.min(MAX_BYTES, length + (length >> 2) + 64) * NODE];
    }

    for (int at = 0; at < length; at++) {
      int node = at * NODE;
      nodes[node] = vocabulary.byteId(text[from + at]);
      nodes[node + NEXT] = at + 1;
      nodes[node + PREVIOUS] = at - 1;
    }
    nodes[(length - 1) * NODE + NEXT] = NONE;
  }

  private void offer(int at) {
    int node = at * NODE;
    int right = nodes[node + NEXT];
    long step = right == NONE ? MergeTable.NO_STEP : merges.step(nodes[node], nodes[right * NODE]);
    if (step == MergeTable.NO_STEP) {
      nodes[node + RANK] = NO_RANK;
      return;
    }

    int rank = MergeTable.rank(step);
    nodes[node + RANK] = rank;
    if (numEntries == entryPosition.length) {
      int grown = (int) Math.min(Integer.MAX_VALUE - 8, numEntries * 2L);
      entryPosition = Arrays.copyOf(entryPosition, grown);
      entryBefore = Arrays.copyOf(entryBefore, grown);
    }
    if (lastEntry[rank] == NONE) {
      waiting.push(rank);
    }
    entryPosition[numEntries] = at;
    entryBefore[numEntries] = lastEntry[rank];
    lastEntry[rank] = numEntries++;
  }

  /** Takes the positions of a rank, sorted, into the pass. */
  private int takePositions(int rank) {
    int count = 0;
    boolean sorted = true;
    int entry = lastEntry[rank];
    lastEntry[rank] = NONE;
    while (entry != NONE) {
      if (count == pass.length) {
        pass = Arrays.copyOf(pass, (int) Math.min(Integer.MAX_VALUE - 8, count * 2L));
      }
      int position = entryPosition[entry];
      sorted = sorted && (count == 0 || pass[count - 1] > position);
      pass[count++] = position;
      entry = entryBefore[entry];
    }

    if (sorted) {
      reverse(pass, count);
    } else {
      Arrays.sort(pass, 0, count);
    }
    return count;
  }

  private static void reverse(int[] values, int count) {
    for (int low = 0, high = count - 1; low < high; low++, high--) {
      int value = values[low];
      values[low] = values[high];
      values[high] = value;
    }
  }

  private void join(int at, int result) {
    int node = at * NODE;
    int right = nodes[node + NEXT] * NODE;
    int next = nodes[right + NEXT];
    nodes[node] = result;
    nodes[node + NEXT] = next;
    nodes[right + RANK] = NO_RANK;
    if (next != NONE) {
      nodes[next * NODE + PREVIOUS] = at;
    }
    if (nodes[node + PREVIOUS] != NONE) {
      offer(nodes[node + PREVIOUS]);
    }
    offer(at);
  }
}
