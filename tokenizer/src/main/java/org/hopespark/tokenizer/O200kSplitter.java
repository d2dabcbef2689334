// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static org.hopespark.tokenizer.UnicodeClasses.LETTER;
import static org.hopespark.tokenizer.UnicodeClasses.NOT_LOWER;
import static org.hopespark.tokenizer.UnicodeClasses.NOT_UPPER;
import static org.hopespark.tokenizer.UnicodeClasses.NUMBER;
import static org.hopespark.tokenizer.UnicodeClasses.OTHER;

/**
 * Cuts text by the rule of o200k. With U for {@code [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]}, V for {@code
 * [\p{Ll}\p{Lm}\p{Lo}\p{M}]}, P for {@code [^\r\n\p{L}\p{N}]} and C for a contraction in any case:
 * {@code P?U*V+C?|P?U+V*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+}.
 */
final class O200kSplitter {
  private static final int NO_MATCH = -1;

  private O200kSplitter() {}

  static int pieceEnd(byte[] text, int from, int to) {
    byte first = text[from];
    byte firstClass = Runs.classAt(text, from, to);
    if (firstClass == NUMBER) {
      return Cl100kSplitter.numbersEnd(text, from, to, 3);
    }

    int second = from + Runs.length(text, from, to);
    int wordEnd = wordEnd(text, from, second, to, firstClass, first == '\r' || first == '\n');
    if (wordEnd != NO_MATCH) {
      boolean contracted = wordEnd < to && text[wordEnd] == '\'';
      return contracted ? wordEnd + Cl100kSplitter.contractionLength(text, wordEnd, to) : wordEnd;
    }

    int others = first == ' ' && second < to ? second : from;
    if (Runs.classAt(text, others, to) == OTHER) {
      int at = Runs.end(OTHER, text, others, to);
      while (at < to && (text[at] == '\r' || text[at] == '\n' || text[at] == '/')) {
        at++;
      }
      return at;
    }
    return Runs.breakingWhiteSpaceEnd(text, from, to);
  }

  /** The alternatives in the order in which an expression tries them. */
  private static int wordEnd(
      byte[] text, int from, int second, int to, byte firstClass, boolean lineBreak) {
    boolean mayJoin = firstClass != LETTER && !lineBreak;
    int end = mayJoin ? endInLower(text, second, to) : NO_MATCH;
    if (end == NO_MATCH) {
      end = endInLower(text, from, to);
    }
    if (end == NO_MATCH && mayJoin) {
      end = endOfUpper(text, second, to);
    }
    return end == NO_MATCH ? endOfUpper(text, from, to) : end;
  }

  /** End of U*V+: U* gives characters back until V+ has one. */
  private static int endInLower(byte[] text, int from, int to) {
    int at = from;
    int lastOfBoth = NO_MATCH;
    while (at < to) {
      int kind = Runs.caseAt(text, at, to);
      if ((kind & NOT_LOWER) == 0) {
        break;
      }
      int next = at + Runs.length(text, at, to);
      lastOfBoth = (kind & NOT_UPPER) == 0 ? lastOfBoth : next;
      at = next;
    }

    int end = at;
    while (end < to && (Runs.caseAt(text, end, to) & NOT_UPPER) != 0) {
      end += Runs.length(text, end, to);
    }
    return end > at ? end : lastOfBoth;
  }

  /** End of U+, behind which no V stands where {@link #endInLower} found none. */
  private static int endOfUpper(byte[] text, int from, int to) {
    int at = from;
    while (at < to && (Runs.caseAt(text, at, to) & NOT_LOWER) != 0) {
      at += Runs.length(text, at, to);
    }
    return at > from ? at : NO_MATCH;
  }
}
