// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

/** What an all-reduce has to send at least: the formula that counted bytes are held against. */
public final class Volume {
  private Volume() {}

  /**
   * Payload bytes that one rank sends in one synchronisation: the slices it does not own, and its
   * own slice to every peer. The mean over ranks is {@code 2 (N-1)/N * P * 4}.
   *
   * @param parameters float32 elements P of the level
   * @param size number of ranks N
   */
  public static long perSynchronisation(long parameters, int rank, int size) {
    long own = new Slices(parameters, size).length(rank);
    return Float.BYTES * (parameters - own + own * (size - 1));
  }
}
