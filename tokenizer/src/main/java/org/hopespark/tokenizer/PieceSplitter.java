// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static org.hopespark.tokenizer.UnicodeClasses.OTHER;
import static org.hopespark.tokenizer.UnicodeClasses.WHITE_SPACE;

/**
 * Cuts text into pieces by the GPT-2 rule; tokens never cross the border of a piece.
 *
 * <p>The rule, as the expression its authors published: {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|
 * ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}. A byte that belongs to no well-formed UTF-8 sequence
 * counts as one character of class other.
 */
final class PieceSplitter {
  private PieceSplitter() {}

  /**
   * End (exclusive) of the piece that starts at {@code from}.
   *
   * @param to end of the text, which white space at the end may see; {@code from < to}
   */
  static int pieceEnd(byte[] text, int from, int to) {
    if (text[from] == '\'') {
      int length = contractionLength(text, from, to);
      if (length > 0) {
        return from + length;
      }
    }

    int start = from;
    if (text[from] == ' ' && from + 1 < to && classAt(text, from + 1, to) != WHITE_SPACE) {
      // Only U+0020 joins what follows it; any other white space stays alone.
      start = from + 1;
    }

    byte runClass = classAt(text, start, to);
    return runClass == WHITE_SPACE
        ? whiteSpaceEnd(text, start, to)
        : runEnd(runClass, text, start, to);
  }

  private static int contractionLength(byte[] text, int from, int to) {
    int next = from + 1 < to ? text[from + 1] : 0;
    int second = from + 2 < to ? text[from + 2] : 0;
    return switch (next) {
      case 's', 't', 'm', 'd' -> 2;
      case 'r', 'v' -> second == 'e' ? 3 : 0;
      case 'l' -> second == 'l' ? 3 : 0;
      default -> 0;
    };
  }

  private static int runEnd(byte runClass, byte[] text, int from, int to) {
    int at = from;
    while (at < to) {
      int codePoint = Utf8.codePointAt(text, at, to);
      if (classOf(codePoint) != runClass) {
        break;
      }
      at += Utf8.length(codePoint);
    }
    return at;
  }

  /** A run gives its last character back when text follows, unless it is the only one. */
  private static int whiteSpaceEnd(byte[] text, int from, int to) {
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

  private static byte classAt(byte[] text, int at, int to) {
    return classOf(Utf8.codePointAt(text, at, to));
  }

  private static byte classOf(int codePoint) {
    return codePoint == Utf8.INVALID ? OTHER : UnicodeClasses.of(codePoint);
  }
}
