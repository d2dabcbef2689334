// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * The distinct pieces of a corpus while a tokenizer is trained: each a row of ids, which gets
 * shorter with every merge, and the number of its occurrences.
 *
 * <p>A word is known by its address. It lies in one chunk as its count (two numbers), its length
 * and its ids, so that a merge finds all of it in one place, and nothing is copied when words are
 * added: there may be as many as memory holds.
 */
final class TrainingWords {
  /** Told of each place where a pair of neighbours appears or vanishes. */
  interface PairListener {
    void appeared(long pair);

    void vanished(long pair);
  }

  /** Takes the address of a word. */
  interface WordConsumer {
    void accept(int word);
  }

  private static final int CHUNK_BITS = 18;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final int MAX_CHUNKS = 1 << (Integer.SIZE - CHUNK_BITS);
  private static final int LENGTH = 2;
  private static final int HEAD = 3;

  private int[][] chunks = new int[16][];
  private int[] used = new int[16];
  private int numChunks;

  /**
   * Adds a piece; the same piece may come again.
   *
   * @param byteIds ids by byte value
   */
  void add(byte[] piece, long count, int[] byteIds) {
    int size = HEAD + piece.length;
    if (numChunks == 0 || used[numChunks - 1] + size > chunks[numChunks - 1].length) {
      addChunk(Math.max(CHUNK, size));
    }

    int[] chunk = chunks[numChunks - 1];
    int at = used[numChunks - 1];
    used[numChunks - 1] += size;
    chunk[at] = (int) (count >>> Integer.SIZE);
    chunk[at + 1] = (int) count;
    chunk[at + LENGTH] = piece.length;
    for (int i = 0; i < piece.length; i++) {
      chunk[at + HEAD + i] = byteIds[piece[i] & 0xFF];
    }
  }

  long count(int word) {
    int[] chunk = chunk(word);
    int at = at(word);
    return ((long) chunk[at] << Integer.SIZE) | (chunk[at + 1] & 0xFFFF_FFFFL);
  }

  /** Gives every word, in the order they were added; to be called before the first merge. */
  void forEach(WordConsumer consumer) {
    for (int number = 0; number < numChunks; number++) {
      int at = 0;
      while (at < used[number]) {
        consumer.accept((number << CHUNK_BITS) | at);
        at += HEAD + chunks[number][at + LENGTH];
      }
    }
  }

  /** Tells of every pair of neighbours in a word, overlapping ones too. */
  void forEachPair(int word, PairListener listener) {
    int[] ids = chunk(word);
    int start = at(word) + HEAD;
    int end = start + ids[start - HEAD + LENGTH];
    for (int at = start; at + 1 < end; at++) {
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
    int[] ids = chunk(word);
    int start = at(word) + HEAD;
    int end = start + ids[start - HEAD + LENGTH];
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
    ids[start - HEAD + LENGTH] = out - start;
  }

  private void addChunk(int size) {
    if (numChunks == MAX_CHUNKS) {
      throw new InvalidTokenizerException(
          "Invalid corpus [%,d chunks of distinct pieces]: a tokenizer is trained on no more. Train on a sample of the documents."
              .formatted(numChunks));
    }
    if (numChunks == chunks.length) {
      chunks = Arrays.copyOf(chunks, numChunks * 2);
      used = Arrays.copyOf(used, numChunks * 2);
    }
    chunks[numChunks++] = new int[size];
  }

  private int[] chunk(int word) {
    return chunks[word >>> CHUNK_BITS];
  }

  private static int at(int word) {
    return word & (CHUNK - 1);
  }
}
