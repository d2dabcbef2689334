// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static org.hopespark.tokenizer.UnicodeClasses.LETTER;
import static org.hopespark.tokenizer.UnicodeClasses.OTHER;
import static org.hopespark.tokenizer.UnicodeClasses.WHITE_SPACE;

/**
 * Ends of runs of characters of one class, which all splitting rules are made of. ASCII is decided
 * byte by byte.
 */
final class Runs {
  /** Classes of ASCII; those of longer sequences are not known from one byte. */
  private static final byte[] BY_BYTE = new byte[256];

  private static final byte NOT_ASCII = -1;

  static {
    for (int value = 0; value < 256; value++) {
      BY_BYTE[value] = value < 0x80 ? UnicodeClasses.of(value) : NOT_ASCII;
    }
  }

  private Runs() {}

  /** Class of the character at a place before {@code to}. */
  static byte classAt(byte[] text, int at, int to) {
    byte known = BY_BYTE[text[at] & 0xFF];
    return known == NOT_ASCII ? classOf(Utf8.codePointAt(text, at, to)) : known;
  }

  static byte classOf(int codePoint) {
    return codePoint == Utf8.INVALID ? OTHER : UnicodeClasses.of(codePoint);
  }

  /** What {@link UnicodeClasses#caseOf} says of the character at a place before {@code to}. */
  static int caseAt(byte[] text, int at, int to) {
    int codePoint = Utf8.codePointAt(text, at, to);
    return codePoint == Utf8.INVALID ? 0 : UnicodeClasses.caseOf(codePoint);
  }

  /** Bytes of the character at a place before {@code to}. */
  static int length(byte[] text, int at, int to) {
    return text[at] >= 0 ? 1 : Utf8.length(Utf8.codePointAt(text, at, to));
  }

  /** End of the letters that start at {@code from}, {@code from} itself where there are none. */
  static int lettersEnd(byte[] text, int from, int to) {
    int at = from;
    while (at < to && BY_BYTE[text[at] & 0xFF] == LETTER) {
      at++;
    }
    return at == to || text[at] >= 0 ? at : end(LETTER, text, at, to);
  }

  /** End of the characters of one class that start at {@code from}. */
  static int end(byte runClass, byte[] text, int from, int to) {
    int at = from;
    while (at < to) {
      byte known = BY_BYTE[text[at] & 0xFF];
      if (known == runClass) {
        at++;
        continue;
      }
      if (known != NOT_ASCII) {
        break;
      }

      int codePoint = Utf8.codePointAt(text, at, to);
      if (classOf(codePoint) != runClass) {
        break;
      }
      at += Utf8.length(codePoint);
    }
    return at;
  }

  /**
   * End of white space by {@code \s+(?!\S)|\s+}: a run gives its last character back when text
   * follows, unless it is the only one.
   */
  static int whiteSpaceEnd(byte[] text, int from, int to) {
    int at = from;
    int last = from;
    while (at < to) {
      int codePoint = Utf8.codePointAt(text, at, to);
      if (classOf(codePoint) != WHITE_SPACE) {
        return last > from ? last : at;
      }
      last = at;
      at += Utf8.length(codePoint);
    }
    return at;
  }

  /**
   * End of white space by {@code \s*[\r\n]+|\s+(?!\S)|\s+}: a run that holds line breaks ends
   * behind the last of them.
   */
  static int breakingWhiteSpaceEnd(byte[] text, int from, int to) {
    int at = from;
    int behindBreak = from;
    while (at < to && classAt(text, at, to) == WHITE_SPACE) {
      boolean lineBreak = text[at] == '\r' || text[at] == '\n';
      at += length(text, at, to);
      behindBreak = lineBreak ? at : behindBreak;
    }
    return behindBreak > from ? behindBreak : whiteSpaceEnd(text, from, to);
  }

  /**
   * Start of the white space that ends at {@code to} and starts at {@code from} at the earliest.
   */
  static int whiteSpaceStart(byte[] text, int from, int to) {
    int start = to;
    while (start > from) {
      int before = start - 1;
      while (before > from && (text[before] & 0xC0) == 0x80) {
        before--;
      }
      boolean whole = before + length(text, before, to) == start;
      if (!whole || classAt(text, before, to) != WHITE_SPACE) {
        break;
      }
      start = before;
    }
    return start;
  }

  /** End of the carriage returns and line feeds that start at {@code from}. */
  static int lineBreaksEnd(byte[] text, int from, int to) {
    int at = from;
    while (at < to && (text[at] == '\r' || text[at] == '\n')) {
      at++;
    }
    return at;
  }
}
