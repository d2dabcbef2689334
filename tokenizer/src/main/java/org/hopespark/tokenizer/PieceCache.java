// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * Remembers the ids of pieces seen lately. Words repeat, so most pieces of a text need no look-up
 * in the large tables and no merging.
 *
 * <p>One slot per hash value, the last writer wins: bounded, flat, without garbage. Belongs to one
 * thread. Short pieces of up to three ids are two comparisons; others, up to {@link
 * #MAX_PIECE_BYTES}, are compared byte by byte.
 */
final class PieceCache {
  /** Longer pieces are rare, and merging them costs little more than their comparison. */
  static final int MAX_PIECE_BYTES = 64;

  private static final int MAX_IDS = 31;
  private static final int SHORT_BITS = 15;
  private static final int LONG_BITS = 12;

  /** Low key, high key, two ids, and the third id with the number of ids above it. */
  private final long[] shortSlots = new long[4 << SHORT_BITS];

  private final byte[] longBytes = new byte[MAX_PIECE_BYTES << LONG_BITS];
  private final byte[] longLengths = new byte[1 << LONG_BITS];

  /** The number of ids, then the ids. */
  private final int[] longIds = new int[(MAX_IDS + 1) << LONG_BITS];

  /** Appends the ids of a short piece and says so, or does neither. */
  boolean append(long low, long high, IdBuffer out) {
    int slot = shortSlot(low, high);
    if (shortSlots[slot] != low || shortSlots[slot + 1] != high) {
      return false;
    }

    long last = shortSlots[slot + 3];
    out.appendUpToThree(shortSlots[slot + 2], (int) last, (int) (last >>> 32));
    return true;
  }

  /** Remembers {@code count} ids from {@code start} up, if they are three at most. */
  void put(long low, long high, int[] ids, int start, int count) {
    if (count > 3) {
      return;
    }

    int slot = shortSlot(low, high);
    long second = count > 1 ? ids[start + 1] : 0;
    long third = count > 2 ? ids[start + 2] : 0;
    shortSlots[slot] = low;
    shortSlots[slot + 1] = high;
    shortSlots[slot + 2] = ids[start] | (second << 32);
    shortSlots[slot + 3] = third | ((long) count << 32);
  }

  /** Appends the ids of a piece of up to MAX_PIECE_BYTES and says so, or does neither. */
  boolean append(byte[] text, int from, int to, IdBuffer out) {
    int slot = longSlot(text, from, to);
    int start = slot * MAX_PIECE_BYTES;
    int length = longLengths[slot];
    if (length != to - from || !Arrays.equals(longBytes, start, start + length, text, from, to)) {
      return false;
    }

    int ids = slot * (MAX_IDS + 1);
    out.append(longIds, ids + 1, longIds[ids]);
    return true;
  }

  /** Remembers {@code count} ids from {@code start} up, if there is room for so many. */
  void put(byte[] text, int from, int to, int[] ids, int start, int count) {
    if (count > MAX_IDS) {
      return;
    }

    int slot = longSlot(text, from, to);
    longLengths[slot] = (byte) (to - from);
    System.arraycopy(text, from, longBytes, slot * MAX_PIECE_BYTES, to - from);
    longIds[slot * (MAX_IDS + 1)] = count;
    System.arraycopy(ids, start, longIds, slot * (MAX_IDS + 1) + 1, count);
  }

  private static int shortSlot(long low, long high) {
    return PieceKey.slot(low, high, Long.SIZE - SHORT_BITS) * 4;
  }

  private static int longSlot(byte[] text, int from, int to) {
    return Bytes.hash(text, from, to) >>> (Integer.SIZE - LONG_BITS);
  }
}
