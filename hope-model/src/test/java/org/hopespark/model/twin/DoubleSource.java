// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.twin;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns a source from float to double, word by word: comments go, {@code float} and what is named
 * after it becomes {@code double}, BLAS's single routines their double ones, literals with an f
 * such with a d, and the packages rewritten move under {@code org.hopespark.model.twin}. Nothing
 * else changes.
 */
final class DoubleSource {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<comment>//[^\n]*|/\\*.*?\\*/)"
              + "|(?<text>\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])+')"
              + "|(?<word>[A-Za-z_$][A-Za-z0-9_$]*)"
              + "|(?<number>0[xX][0-9a-fA-F_]+[lL]?"
              + "|(?:[0-9][0-9_]*(?:\\.[0-9_]*)?|\\.[0-9_]+)(?:[eE][+-]?[0-9]+)?[fFdDlL]?)",
          Pattern.DOTALL);

  private static final Map<String, String> WORDS =
      Map.of(
          "float", "double",
          "floats", "doubles",
          "Float", "Double",
          "FLOAT", "DOUBLE",
          "FloatPointer", "DoublePointer",
          "FloatBuffer", "DoubleBuffer",
          "asFloatBuffer", "asDoubleBuffer");

  private static final Pattern PACKAGE =
      Pattern.compile("org\\.hopespark\\.model\\.(tensor|simd|kernel|layer)\\b");

  private DoubleSource() {}

  static String rewrite(String source) {
    Matcher tokens = TOKEN.matcher(source);
    StringBuilder out = new StringBuilder();
    while (tokens.find()) {
      String token = tokens.group();
      if (tokens.group("comment") != null) {
        token = " ";
      } else if (tokens.group("word") != null) {
        token = WORDS.getOrDefault(token, token).replaceFirst("^cblas_s", "cblas_d");
      } else if (isFloatLiteral(tokens)) {
        token = token.substring(0, token.length() - 1) + "d";
      }
      tokens.appendReplacement(out, Matcher.quoteReplacement(token));
    }
    tokens.appendTail(out);
    return PACKAGE.matcher(out).replaceAll("org.hopespark.model.twin.$1");
  }

  /**
   * What may still be single: words that speak of floats, single BLAS routines, literals with an f.
   * A float can only come from one of these, because Java narrows no double by itself.
   */
  static List<String> remainders(String source) {
    List<String> found = new ArrayList<>();
    Matcher tokens = TOKEN.matcher(source);
    while (tokens.find()) {
      String word = tokens.group("word");
      boolean named =
          word != null
              && (word.toLowerCase(Locale.ROOT).contains("float") || word.startsWith("cblas_s"));
      if (named || isFloatLiteral(tokens)) {
        found.add(tokens.group());
      }
    }
    return found;
  }

  private static boolean isFloatLiteral(Matcher tokens) {
    String number = tokens.group("number");
    return number != null
        && !number.toLowerCase(Locale.ROOT).startsWith("0x")
        && number.toLowerCase(Locale.ROOT).endsWith("f");
  }
}
