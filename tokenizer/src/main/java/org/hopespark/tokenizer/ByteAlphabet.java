// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * The printable characters that stand for bytes in a tokenizer file.
 *
 * <p>The 188 printable, non-blank Latin-1 characters stand for themselves; the other 68 bytes
 * follow from U+0100 upward, in byte order.
 */
final class ByteAlphabet {
  static final int SIZE = 256;

  private static final char FIRST_STAND_IN = 0x100;
  private static final char[] CHARACTERS = new char[SIZE];
  private static final int[] BYTES;

  static {
    char standIn = FIRST_STAND_IN;
    for (int value = 0; value < SIZE; value++) {
      CHARACTERS[value] = standsForItself(value) ? (char) value : standIn++;
    }

    BYTES = new int[standIn];
    Arrays.fill(BYTES, -1);
    for (int value = 0; value < SIZE; value++) {
      BYTES[CHARACTERS[value]] = value;
    }
  }

  private ByteAlphabet() {}

  private static boolean standsForItself(int value) {
    // The soft hyphen (AD) is the one invisible character of the upper half.
    return (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xFF && value != 0xAD);
  }

  /** All byte values, sorted by their characters: the order of the first ids of a vocabulary. */
  static byte[] bytesByCharacter() {
    byte[] sorted = new byte[SIZE];
    int at = 0;
    for (int value : BYTES) {
      if (value >= 0) {
        sorted[at++] = (byte) value;
      }
    }
    return sorted;
  }

  static String toText(byte[] bytes) {
    char[] text = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      text[i] = CHARACTERS[bytes[i] & 0xFF];
    }
    return new String(text);
  }

  /** The bytes that a token's text stands for, or null where a character stands for none. */
  static byte[] toBytes(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      char character = text.charAt(i);
      int value = character < BYTES.length ? BYTES[character] : -1;
      if (value < 0) {
        return null;
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }
}
