// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bytes of a short piece as two longs, which are compared and hashed at once: bytes 0 to 7 in
 * the low one; bytes 8 to 14, and the length on top, in the high one.
 */
final class PieceKey {
  /** Longest piece that has a key. */
  static final int MAX_BYTES = 15;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long[] LOW_MASKS = new long[MAX_BYTES + 1];
  private static final long[] HIGH_MASKS = new long[MAX_BYTES + 1];

  static {
    for (int length = 0; length <= MAX_BYTES; length++) {
      LOW_MASKS[length] = length < 8 ? (1L << (8 * length)) - 1 : -1;
      HIGH_MASKS[length] = length < 8 ? 0 : (1L << (8 * (length - 8))) - 1;
    }
  }

  private PieceKey() {}

  static long low(byte[] text, int from, int length) {
    if (from + Long.BYTES <= text.length) {
      return (long) LONGS.get(text, from) & LOW_MASKS[length];
    }
    return gather(text, from, Math.min(length, Long.BYTES));
  }

  static long high(byte[] text, int from, int length) {
    int second = from + Long.BYTES;
    long bytes =
        second + Long.BYTES <= text.length
            ? (long) LONGS.get(text, second) & HIGH_MASKS[length]
            : gather(text, second, length - Long.BYTES);
    return bytes | ((long) length << 56);
  }

  /** Multiplicative hash into a table of a power of two: the top {@code 64 - shift} bits. */
  static int slot(long low, long high, int shift) {
    long mixed = low * 0x9E3779B97F4A7C15L + high * 0xC2B2AE3D27D4EB4FL;
    return (int) (((mixed ^ (mixed >>> 32)) * 0x9E3779B97F4A7C15L) >>> shift);
  }

  private static long gather(byte[] text, int from, int count) {
    long bytes = 0;
    for (int i = count - 1; i >= 0; i--) {
      bytes = (bytes << 8) | (text[from + i] & 0xFF);
    }
    return bytes;
  }
}
