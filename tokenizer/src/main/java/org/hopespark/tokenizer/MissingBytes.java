// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * Replaces bytes for which a vocabulary has no token by U+FFFD. They are such as UTF-8 never holds
 * (C0, C1 and F5 up), which some published vocabularies leave out. Holds the result: one per
 * thread.
 */
final class MissingBytes {
  private static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

  private final Vocabulary vocabulary;
  private byte[] bytes = new byte[256];
  private int size;

  MissingBytes(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * False where {@code text[from, to)} holds none, else {@link #bytes} and {@link #size} are it.
   */
  boolean replace(byte[] text, int from, int to) {
    if (vocabulary.canSpell(text, from, to)) {
      return false;
    }

    size = 0;
    for (int at = from; at < to; at++) {
      if (bytes.length - size < REPLACEMENT.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, bytes.length * 2L));
      }
      if (vocabulary.hasByte(text[at])) {
        bytes[size++] = text[at];
      } else {
        System.arraycopy(REPLACEMENT, 0, bytes, size, REPLACEMENT.length);
        size += REPLACEMENT.length;
      }
    }
    return true;
  }

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }
}
