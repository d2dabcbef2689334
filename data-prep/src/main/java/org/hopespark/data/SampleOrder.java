// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

/**
 * The order in which samples are visited, as a function instead of a list: a bijection on the
 * samples per epoch, keyed by seed and epoch, in constant memory.
 *
 * <p>A balanced Feistel network permutes the next power of four above the number of samples, and a
 * value outside the range is permuted again until it falls inside ("cycle walking"), which keeps it
 * a bijection; fewer than four steps are expected. Immutable.
 */
public final class SampleOrder {
  private static final int NUM_ROUNDS = 6;
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final long seed;
  private final long samples;
  private final int halfBits;
  private final long halfMask;

  /**
   * @param samples samples in an epoch, at least 1 and at most 2^62
   */
  public SampleOrder(long seed, long samples) {
    if (samples < 1 || samples > 1L << 62) {
      throw new IllegalArgumentException(
          "Invalid number of samples [" + samples + "]: it has to be from 1 to 2^62");
    }

    this.seed = seed;
    this.samples = samples;
    int bits = Long.SIZE - Long.numberOfLeadingZeros(samples - 1);
    this.halfBits = Math.max(1, (bits + 1) / 2);
    this.halfMask = (1L << halfBits) - 1;
  }

  /**
   * The sample at a position of the endless sequence; the epoch is position / samples.
   *
   * @param position at least 0
   * @return from 0 to samples - 1
   */
  public long sample(long position) {
    if (position < 0) {
      throw new IllegalArgumentException(
          "Invalid position [" + position + "]: it has to be at least 0");
    }

    long key = mix(mix(seed) + GOLDEN_GAMMA * (position / samples + 1));
    long value = position % samples;
    do {
      value = permute(value, key);
    } while (value >= samples);

    return value;
  }

  private long permute(long value, long key) {
    long left = value >>> halfBits;
    long right = value & halfMask;
    for (int round = 0; round < NUM_ROUNDS; round++) {
      long next = left ^ (mix(right ^ mix(key + round)) & halfMask);
      left = right;
      right = next;
    }

    return left << halfBits | right;
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
  private static long mix(long value) {
    long z = value + GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
