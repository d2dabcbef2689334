// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * Remembers the ids of pieces seen lately. Words repeat, so most pieces of a text need no merging.
 *
 * <p>One slot per hash value, the last writer wins: bounded, and free of locks. Threads may read a
 * slot while another one writes it, which is safe because an entry's fields are final and its
 * arrays are never altered: a reader sees the old entry or the whole new one.
 */
final class PieceCache {
  /** Longer pieces are rare and would make the cache's size depend on the text. */
  static final int MAX_PIECE_BYTES = 48;

  private static final int NUM_SLOTS = 1 << 15;

  private final Entry[] slots = new Entry[NUM_SLOTS];

  /** Ids of a piece, not to be altered, or null where they are not known. */
  int[] find(byte[] text, int from, int to) {
    Entry entry = slots[slot(text, from, to)];
    boolean known =
        entry != null && Arrays.equals(entry.piece, 0, entry.piece.length, text, from, to);
    return known ? entry.ids : null;
  }

  void put(byte[] text, int from, int to, int[] ids) {
    if (to - from <= MAX_PIECE_BYTES) {
      slots[slot(text, from, to)] = new Entry(Arrays.copyOfRange(text, from, to), ids);
    }
  }

  private static int slot(byte[] text, int from, int to) {
    return Bytes.hash(text, from, to) & (NUM_SLOTS - 1);
  }

  private static final class Entry {
    final byte[] piece;
    final int[] ids;

    Entry(byte[] piece, int[] ids) {
      this.piece = piece;
      this.ids = ids;
    }
  }
}
