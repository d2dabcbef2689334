// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static org.hopespark.tokenizer.UnicodeClasses.LETTER;
import static org.hopespark.tokenizer.UnicodeClasses.NUMBER;
import static org.hopespark.tokenizer.UnicodeClasses.OTHER;

/**
 * Cuts text by the rule of cl100k, Llama 3 and Qwen 2: {@code
 * (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|
 * \s*[\r\n]+|\s+(?!\S)|\s+}.
 */
final class Cl100kSplitter {
  private Cl100kSplitter() {}

  /**
   * @param maxDigits numbers in a piece: 3, or 1 for Qwen 2
   */
  static int pieceEnd(byte[] text, int from, int to, int maxDigits) {
    byte first = text[from];
    if (first == '\'') {
      int length = contractionLength(text, from, to);
      if (length > 0) {
        return from + length;
      }
    }

    byte firstClass = Runs.classAt(text, from, to);
    if (firstClass == LETTER) {
      return Runs.lettersEnd(text, from, to);
    }
    if (firstClass == NUMBER) {
      return numbersEnd(text, from, to, maxDigits);
    }

    // Any character that is no line break joins the letters behind it.
    int second = from + Runs.length(text, from, to);
    if (first != '\r' && first != '\n' && second < to) {
      if (Runs.classAt(text, second, to) == LETTER) {
        return Runs.lettersEnd(text, second, to);
      }
    }

    int others = first == ' ' && second < to ? second : from;
    if (Runs.classAt(text, others, to) == OTHER) {
      return Runs.lineBreaksEnd(text, Runs.end(OTHER, text, others, to), to);
    }
    return Runs.breakingWhiteSpaceEnd(text, from, to);
  }

  static int numbersEnd(byte[] text, int from, int to, int maxDigits) {
    int at = from;
    for (int i = 0; i < maxDigits && at < to && Runs.classAt(text, at, to) == NUMBER; i++) {
      at += Runs.length(text, at, to);
    }
    return at;
  }

  /** Bytes of the contraction at an apostrophe, in any case, or 0. */
  static int contractionLength(byte[] text, int from, int to) {
    int next = from + 1 < to ? text[from + 1] & 0xFF : 0;
    int second = from + 2 < to ? text[from + 2] & 0xFF : 0;
    return switch (next) {
      case 's', 't', 'm', 'd', 'S', 'T', 'M', 'D' -> 2;
      case 'r', 'v', 'R', 'V' -> second == 'e' || second == 'E' ? 3 : 0;
      case 'l', 'L' -> second == 'l' || second == 'L' ? 3 : 0;
      // U+017F, the long s, is an s to an expression that ignores case.
      case 0xC5 -> second == 0xBF ? 3 : 0;
      default -> 0;
    };
  }
}
