// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

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
    if (lead < 0xC2 || lead > 0xF4) {
      return INVALID;
    }

    int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (to - at < length) {
      return INVALID;
    }

    int codePoint = lead & (0x7F >> length);
    for (int i = 1; i < length; i++) {
      int trail = text[at + i];
      if ((trail & 0xC0) != 0x80) {
        return INVALID;
      }
      codePoint = (codePoint << 6) | (trail & 0x3F);
    }

    // The lead byte alone cannot tell these from good ones; overlong two-byte forms never get here.
    boolean overlong = codePoint < (length == 3 ? 0x800 : length == 4 ? 0x10000 : 0x80);
    boolean surrogate =
        codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    return overlong || surrogate || codePoint > Character.MAX_CODE_POINT ? INVALID : codePoint;
  }

  /** Bytes that {@link #codePointAt}'s result takes in the text: 1 to 4, and 1 for INVALID. */
  static int length(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
}
