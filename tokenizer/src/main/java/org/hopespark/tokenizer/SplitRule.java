// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How text is cut into pieces before its bytes are merged. Each rule is a published expression,
 * written by hand over the classes of {@link UnicodeClasses}.
 */
public enum SplitRule {
  /** Of GPT-2, r50k and GPT-NeoX. */
  GPT2(
      "gpt2",
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      "'s|'t|'re|'ve|'m|'ll|'d| ?[\\p{L}]+| ?[\\p{N}]+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s") {
    @Override
    int pieceEnd(byte[] text, int from, int to) {
      return PieceSplitter.pieceEnd(text, from, to);
    }
  },

  /** Of cl100k and Llama 3: numbers are cut after three digits. */
  CL100K(
      "cl100k",
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
      "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
      "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+"
          + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s") {
    @Override
    int pieceEnd(byte[] text, int from, int to) {
      return Cl100kSplitter.pieceEnd(text, from, to, 3);
    }
  },

  /** Of Qwen 2: cl100k's with every digit alone. */
  QWEN2(
      "qwen2",
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+") {
    @Override
    int pieceEnd(byte[] text, int from, int to) {
      return Cl100kSplitter.pieceEnd(text, from, to, 1);
    }
  },

  /** Of o200k: a capital starts a new piece inside a word, and marks belong to words. */
  O200K(
      "o200k",
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
          + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+") {
    @Override
    int pieceEnd(byte[] text, int from, int to) {
      return O200kSplitter.pieceEnd(text, from, to);
    }
  };

  private final String label;

  /** The expression that files are written with, then other spellings of the same rule. */
  @SuppressWarnings("ImmutableEnumChecker") // List.of is
  private final List<String> expressions;

  SplitRule(String label, String... expressions) {
    this.label = label;
    this.expressions = List.of(expressions);
  }

  /**
   * End (exclusive) of the piece that starts at {@code from}. A byte that belongs to no well-formed
   * UTF-8 sequence counts as one character of class other.
   *
   * @param to end of the text, which white space at the end may see; {@code from < to}
   */
  abstract int pieceEnd(byte[] text, int from, int to);

  /** Name of the rule: gpt2, cl100k, qwen2 or o200k. */
  public String label() {
    return label;
  }

  /**
   * The rule of a name.
   *
   * @throws InvalidTokenizerException if there is none
   */
  public static SplitRule named(String label) {
    return Arrays.stream(values())
        .filter(rule -> rule.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidTokenizerException(
                    "Invalid split rule [%s]: there is no such rule. Use one of %s."
                        .formatted(label, labels())));
  }

  static String labels() {
    return Arrays.stream(values()).map(SplitRule::label).collect(Collectors.joining(", "));
  }

  /** The rule that an expression spells, or null. */
  static SplitRule ofExpression(String expression) {
    return Arrays.stream(values())
        .filter(rule -> rule.expressions.contains(expression))
        .findFirst()
        .orElse(null);
  }

  String expression() {
    return expressions.get(0);
  }
}
