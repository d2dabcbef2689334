// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * Brings UTF-8 text to Unicode's normalization form C. Bytes of no well-formed sequence pass
 * through, and nothing combines across them. Holds the result: one per thread.
 */
final class Nfc {
  private static final int NONE = -1;

  private byte[] bytes = new byte[256];
  private int size;
  private int[] codePoints = new int[32];
  private int[] decomposed = new int[32];
  private long[] byClass = new long[32];
  private int numDecomposed;

  /**
   * Normalizes {@code text[from, to)}: false where it is of this form already, else {@link #bytes}
   * and {@link #size} hold it.
   */
  boolean normalize(byte[] text, int from, int to) {
    size = 0;
    boolean changed = false;
    int copied = from;
    int stable = NONE;
    int at = from;
    while (at < to) {
      if (text[at] >= 0) {
        stable = at++;
        continue;
      }

      int codePoint = Utf8.codePointAt(text, at, to);
      if (codePoint == Utf8.INVALID || !NfcTable.mayChange(codePoint)) {
        stable = codePoint == Utf8.INVALID ? NONE : at;
        at += Utf8.length(codePoint);
        continue;
      }

      int start = stable == NONE ? at : stable;
      append(text, copied, start);
      copied = normalizeFrom(text, start, at, to);
      changed = true;
      stable = NONE;
      at = copied;
    }

    if (changed) {
      append(text, copied, to);
    }
    return changed;
  }

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Normalizes a stable character and all behind it that may change; gives their end. */
  private int normalizeFrom(byte[] text, int start, int firstThatMayChange, int to) {
    int count = 0;
    int at = start;
    while (at < to) {
      int codePoint = Utf8.codePointAt(text, at, to);
      if (codePoint == Utf8.INVALID
          || (at >= firstThatMayChange && !NfcTable.mayChange(codePoint))) {
        break;
      }
      if (count == codePoints.length) {
        codePoints = Arrays.copyOf(codePoints, count * 2);
      }
      codePoints[count++] = codePoint;
      at += Utf8.length(codePoint);
    }

    decompose(count);
    order();
    int numComposed = compose();
    for (int i = 0; i < numComposed; i++) {
      append(decomposed[i]);
    }
    return at;
  }

  private void decompose(int count) {
    numDecomposed = 0;
    for (int i = 0; i < count; i++) {
      int[] parts = NfcTable.decomposition(codePoints[i]);
      int numParts = parts == null ? 1 : parts.length;
      if (numDecomposed + numParts > decomposed.length) {
        decomposed = Arrays.copyOf(decomposed, (numDecomposed + numParts) * 2);
      }
      if (parts == null) {
        decomposed[numDecomposed] = codePoints[i];
      } else {
        System.arraycopy(parts, 0, decomposed, numDecomposed, numParts);
      }
      numDecomposed += numParts;
    }
  }

  /** Puts each run of marks in the order of their classes, equal ones as they stood. */
  private void order() {
    int at = 0;
    while (at < numDecomposed) {
      int end = at;
      boolean sorted = true;
      int before = 0;
      while (end < numDecomposed && NfcTable.combiningClass(decomposed[end]) != 0) {
        int combiningClass = NfcTable.combiningClass(decomposed[end]);
        sorted &= combiningClass >= before;
        before = combiningClass;
        end++;
      }
      if (!sorted) {
        sort(at, end);
      }
      at = end + 1;
    }
  }

  private void sort(int from, int to) {
    int count = to - from;
    byClass = byClass.length < count ? new long[count * 2] : byClass;
    for (int i = 0; i < count; i++) {
      byClass[i] = ((long) NfcTable.combiningClass(decomposed[from + i]) << 32) | i;
    }
    Arrays.sort(byClass, 0, count);
    int[] marks = Arrays.copyOfRange(decomposed, from, to);
    for (int i = 0; i < count; i++) {
      decomposed[from + i] = marks[(int) byClass[i]];
    }
  }

  /** Joins marks to the last starter wherever no mark of their class or a higher one is between. */
  private int compose() {
    int starter = NONE;
    int lastClass = 0;
    int size = 0;
    for (int i = 0; i < numDecomposed; i++) {
      int codePoint = decomposed[i];
      int combiningClass = NfcTable.combiningClass(codePoint);
      boolean adjacent = starter == size - 1;
      if (starter != NONE && (adjacent || lastClass < combiningClass)) {
        int composed = NfcTable.composition(decomposed[starter], codePoint);
        if (composed != NfcTable.NONE) {
          decomposed[starter] = composed;
          continue;
        }
      }

      starter = combiningClass == 0 ? size : starter;
      lastClass = combiningClass;
      decomposed[size++] = codePoint;
    }
    return size;
  }

  private void append(int codePoint) {
    reserve(4);
    int length = Utf8.length(codePoint);
    if (length == 1) {
      bytes[size++] = (byte) codePoint;
      return;
    }

    int lead = length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0;
    int shift = 6 * (length - 1);
    bytes[size++] = (byte) (lead | (codePoint >> shift));
    while (shift > 0) {
      shift -= 6;
      bytes[size++] = (byte) (0x80 | ((codePoint >> shift) & 0x3F));
    }
  }

  private void append(byte[] text, int from, int to) {
    reserve(to - from);
    System.arraycopy(text, from, bytes, size, to - from);
    size += to - from;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, (size + more) * 2L));
    }
  }
}
