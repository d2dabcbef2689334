// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import org.hopespark.model.level.Slices;

/**
 * The frames that each slice travels in. An empty slice is one empty frame, so every pair of ranks
 * compares hashes in every operation.
 */
record Frames(Slices slices) {
  /** Long enough that headers vanish, short enough that summing and sending overlap; even. */
  static final int ELEMENTS = 1 << 19;

  /** Frames of the slice that {@code rank} owns. */
  int count(int rank) {
    return (int) Math.max(1, (slices.length(rank) + ELEMENTS - 1) / ELEMENTS);
  }

  /** First element of a frame, counted from the start of the range. */
  long start(int rank, int frame) {
    return slices.start(rank) + (long) frame * ELEMENTS;
  }

  int length(int rank, int frame) {
    return (int) Math.min(ELEMENTS, slices.length(rank) - (long) frame * ELEMENTS);
  }
}
