// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/** Walks the code points of UTF-8 text that may be broken. */
final class Utf8 {
  /** What {@link #codePointAt} returns for a byte that starts no well-formed sequence. */
  static final int INVALID = -1;

  private Utf8() {}

  /**
   * Code point of the well-formed sequence that starts at {@code at}, or INVALID. Well-formed is
   * what the Unicode standard's table 3-7 says: no overlong form, no surrogate, nothing above
   * U+10FFFF, nothing cut by {@code to}.
   */
  static int codePointAt(byte[] text, int at, int to) {
    int lead = text[at];
    if (lead >= 0) {
      return lead;
    }

    lead &= 0xFF;
    int second = trail(text, at + 1, to);
    if (second < 0) {
      return INVALID;
    }
    if (lead < 0xE0) {
      // C0 and C1 could only start overlong forms; what is below starts nothing.
      return lead < 0xC2 ? INVALID : ((lead & 0x1F) << 6) | second;
    }

    int third = trail(text, at + 2, to);
    if (third < 0) {
      return INVALID;
    }
    if (lead < 0xF0) {
      int codePoint = ((lead & 0xF) << 12) | (second << 6) | third;
      boolean surrogate =
          codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      return codePoint < 0x800 || surrogate ? INVALID : codePoint;
    }

    int fourth = trail(text, at + 3, to);
    if (fourth < 0 || lead > 0xF4) {
      return INVALID;
    }
    int codePoint = ((lead & 0x7) << 18) | (second << 12) | (third << 6) | fourth;
    return codePoint < 0x10000 || codePoint > Character.MAX_CODE_POINT ? INVALID : codePoint;
  }

  /** The six bits of a byte that continues a sequence, or INVALID. */
  private static int trail(byte[] text, int at, int to) {
    return at < to && (text[at] & 0xC0) == 0x80 ? text[at] & 0x3F : INVALID;
  }

  /** Bytes that {@link #codePointAt}'s result takes in the text: 1 to 4, and 1 for INVALID. */
  static int length(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  /**
   * Number of places where {@code text[from, to)} is not UTF-8: neighbouring bytes that are in no
   * well-formed sequence count once.
   */
  static long countInvalid(byte[] text, int from, int to) {
    long count = 0;
    boolean before = false;
    int at = from;
    while (at < to) {
      if (text[at] >= 0) {
        before = false;
        at++;
        continue;
      }

      int codePoint = codePointAt(text, at, to);
      boolean invalid = codePoint == INVALID;
      count += invalid && !before ? 1 : 0;
      before = invalid;
      at += length(codePoint);
    }
    return count;
  }

  /** Number of bytes at the end, 0 to 3, that start a well-formed sequence and do not end it. */
  static int incompleteAtEnd(byte[] text) {
    for (int length = Math.min(3, text.length); length > 0; length--) {
      int start = text.length - length;
      byte[] completed = {0, 0, 0, 0};
      System.arraycopy(text, start, completed, 0, length);
      if (isLead(text[start]) && isBeginning(completed, length)) {
        return length;
      }
    }
    return 0;
  }

  private static boolean isLead(byte value) {
    return (value & 0xC0) == 0xC0;
  }

  /** Whether the lowest or the highest bytes behind the given ones make a well-formed sequence. */
  private static boolean isBeginning(byte[] sequence, int given) {
    int lead = sequence[0] & 0xFF;
    int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (given >= length) {
      return false;
    }
    for (byte filler : new byte[] {(byte) 0x80, (byte) 0xBF}) {
      Arrays.fill(sequence, given, length, filler);
      if (codePointAt(sequence, 0, length) != INVALID) {
        return true;
      }
    }
    return false;
  }
}
