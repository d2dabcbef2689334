// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

/**
 * A level's range cut into one slice per rank, as even as whole elements allow, and each slice cut
 * into frames. An empty slice is one empty frame, so every pair of ranks compares hashes at every
 * synchronisation.
 *
 * @param elements float32 elements of the range
 * @param size number of ranks
 */
record Slices(long elements, int size) {
  /** Long enough that headers vanish, short enough that summing and sending overlap. */
  static final int FRAME_ELEMENTS = 1 << 18;

  /** First element of the slice that {@code rank} owns. */
  long start(int rank) {
    return elements * rank / size;
  }

  long length(int rank) {
    return start(rank + 1) - start(rank);
  }

  int frames(int rank) {
    return (int) Math.max(1, (length(rank) + FRAME_ELEMENTS - 1) / FRAME_ELEMENTS);
  }

  /** First element of a frame, counted from the start of its slice. */
  long frameStart(int frame) {
    return (long) frame * FRAME_ELEMENTS;
  }

  int frameLength(int rank, int frame) {
    return (int) Math.min(FRAME_ELEMENTS, length(rank) - frameStart(frame));
  }
}
