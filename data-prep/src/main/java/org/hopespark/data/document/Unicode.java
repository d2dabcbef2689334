// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text that has a UTF-8 form: ill-formed parts stand as U+FFFD.
 *
 * @param repaired whether anything had to be replaced
 */
record Unicode(String text, boolean repaired) {
  private static final char REPLACEMENT = '\uFFFD';

  /**
   * Decodes UTF-8; each maximal ill-formed part becomes one U+FFFD, as the Unicode Standard
   * advises.
   */
  static Unicode decode(byte[] bytes, int from, int length) {
    String text = new String(bytes, from, length, StandardCharsets.UTF_8);

    // Only a text with a U+FFFD in it can have been repaired; it may also have been written so.
    boolean repaired = text.indexOf(REPLACEMENT) >= 0 && !isWellFormed(bytes, from, length);
    return new Unicode(text, repaired);
  }

  /** Replaces surrogates that stand alone, which JSON escapes can spell and UTF-8 cannot. */
  static Unicode ofChars(String chars) {
    int codePoint;
    for (int i = 0; i < chars.length(); i += Character.charCount(codePoint)) {
      codePoint = chars.codePointAt(i);
      if (isSurrogate(codePoint)) {
        return new Unicode(replaceLoneSurrogates(chars), /* repaired= */ true);
      }
    }

    return new Unicode(chars, /* repaired= */ false);
  }

  /** Whether nothing but Unicode white space and control characters for layout is there. */
  boolean isBlank() {
    return text.codePoints().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
  }

  private static String replaceLoneSurrogates(String chars) {
    StringBuilder replaced = new StringBuilder(chars.length());
    chars
        .codePoints()
        .map(c -> isSurrogate(c) ? REPLACEMENT : c)
        .forEach(replaced::appendCodePoint);
    return replaced.toString();
  }

  /** A code point of this range is half of a pair whose other half is missing. */
  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static boolean isWellFormed(byte[] bytes, int from, int length) {
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, from, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
