// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static org.hopespark.tokenizer.UnicodeClasses.LETTER;
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
    int start = from;
    if (text[from] == ' ' && from + 1 < to) {
      // Only U+0020 joins what follows it; any other white space stays alone.
      start = from + 1;
    } else if (text[from] == '\'') {
      int length = contractionLength(text, from, to);
      if (length > 0) {
        return from + length;
      }
    }

    byte runClass = Runs.classAt(text, start, to);
    if (runClass == LETTER) {
      return Runs.lettersEnd(text, start, to);
    }
    return runClass == WHITE_SPACE
        ? Runs.whiteSpaceEnd(text, from, to)
        : Runs.end(runClass, text, start, to);
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
}
