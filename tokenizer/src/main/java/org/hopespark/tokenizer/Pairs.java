// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/** Pairs of ids packed in a long, which sort by left id, then right id. */
final class Pairs {
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private Pairs() {}

  /** Ids are not negative, and so is their pair. */
  static long of(int left, int right) {
    return ((long) left << 32) | right;
  }

  static int left(long pair) {
    return (int) (pair >>> 32);
  }

  static int right(long pair) {
    return (int) pair;
  }

  /** Multiplicative hash into a table of a power of two: the top {@code 64 - shift} bits. */
  static int slot(long pair, int shift) {
    return (int) (((pair ^ (pair >>> 29)) * GOLDEN_RATIO) >>> shift);
  }
}
