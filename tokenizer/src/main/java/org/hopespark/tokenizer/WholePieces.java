// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * The pieces that are one token: a look-up by bytes that saves the merging. Immutable, shared by
 * all threads.
 *
 * <p>A token is in here only if merging its bytes gives exactly it, which is tried for each when
 * the table is made; under {@code ignore_merges} every ordinary token is.
 */
final class WholePieces {
  static final int NONE = -1;

  /** Low key, high key and id in turn; a high key is never 0. */
  private final long[] slots;

  private final int shift;

  /** Ids of tokens too long for a key. */
  private final int[] longSlots;

  private final Vocabulary vocabulary;

  WholePieces(Vocabulary vocabulary, MergeTable merges, boolean ignoreMerges) {
    this.vocabulary = vocabulary;
    int capacity = Integer.highestOneBit(Math.max(4, vocabulary.size())) << 2;
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity);
    this.slots = new long[capacity * 3];
    PieceMerger merger = new PieceMerger(vocabulary, merges);
    IdBuffer merged = new IdBuffer(16);
    int numLong = 0;
    for (int id = 0; id < vocabulary.size(); id++) {
      numLong += vocabulary.decoded(id).length > PieceKey.MAX_BYTES ? 1 : 0;
    }
    this.longSlots = new int[Integer.highestOneBit(Math.max(4, numLong)) << 2];
    Arrays.fill(longSlots, NONE);

    for (int id = 0; id < vocabulary.size(); id++) {
      byte[] bytes = vocabulary.decoded(id);
      if (!vocabulary.isOrdinary(id) || !vocabulary.canSpell(bytes, 0, bytes.length)) {
        continue;
      }

      merged.clear();
      if (!ignoreMerges) {
        merger.merge(bytes, 0, bytes.length, merged);
      }
      if (ignoreMerges || (merged.size() == 1 && merged.get(0) == id)) {
        put(bytes, id);
      }
    }
  }

  /** Id of the token with this key, or NONE. */
  int find(long low, long high) {
    int slot = slot(low, high);
    return slots[slot + 1] == 0 ? NONE : (int) slots[slot + 2];
  }

  /** Id of the token that is this piece of more than {@link PieceKey#MAX_BYTES}, or NONE. */
  int findLong(byte[] text, int from, int to) {
    return longSlots[longSlot(text, from, to)];
  }

  private void put(byte[] bytes, int id) {
    if (bytes.length > PieceKey.MAX_BYTES) {
      longSlots[longSlot(bytes, 0, bytes.length)] = id;
      return;
    }

    long low = PieceKey.low(bytes, 0, bytes.length);
    long high = PieceKey.high(bytes, 0, bytes.length);
    int slot = slot(low, high);
    slots[slot] = low;
    slots[slot + 1] = high;
    slots[slot + 2] = id;
  }

  private int slot(long low, long high) {
    int slot = PieceKey.slot(low, high, shift) * 3;
    while (slots[slot + 1] != 0 && (slots[slot + 1] != high || slots[slot] != low)) {
      slot = slot + 3 == slots.length ? 0 : slot + 3;
    }
    return slot;
  }

  private int longSlot(byte[] text, int from, int to) {
    int slot = Bytes.hash(text, from, to) & (longSlots.length - 1);
    while (longSlots[slot] != NONE) {
      byte[] token = vocabulary.decoded(longSlots[slot]);
      if (Arrays.equals(token, 0, token.length, text, from, to)) {
        break;
      }
      slot = (slot + 1) & (longSlots.length - 1);
    }
    return slot;
  }
}
