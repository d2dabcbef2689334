// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Room for the next few frames of every peer, used in turn; for all of them where they are few. */
final class Window {
  private static final long FRAME_BYTES = (long) Frames.ELEMENTS * Float.BYTES;

  private final int rank;
  private final int frames;
  private final ByteBuffer[] rooms;
  private int[] starts = {};

  Window(Membership self, int lanes) {
    this.rank = self.rank();
    this.frames = frames(lanes);
    this.rooms = new ByteBuffer[self.size()];
  }

  private static int frames(int lanes) {
    return 2 * lanes + 2;
  }

  /**
   * Bytes for all peers of one of {@code size} ranks, with slices of {@code bytes} bytes in all.
   */
  static long bytes(long bytes, int size, int lanes) {
    return (size - 1) * Math.min(bytes, frames(lanes) * FRAME_BYTES);
  }

  /** How many frames of a peer there is room for. */
  int frames() {
    return starts.length;
  }

  /**
   * Makes room for the next frames of every peer; while no operation runs.
   *
   * @param lengths bytes of the frames of a peer, at least one
   */
  void reserve(int[] lengths) {
    long bytes = Arrays.stream(lengths).asLongStream().sum();
    boolean fit = bytes <= frames * FRAME_BYTES;
    int stride = fit ? 0 : Arrays.stream(lengths).max().orElseThrow();
    starts = new int[fit ? lengths.length : Math.min(lengths.length, frames)];
    int end = 0;
    for (int slot = 0; slot < starts.length; slot++) {
      starts[slot] = end;
      end += fit ? lengths[slot] : stride;
    }
    for (int peer = 0; peer < rooms.length; peer++) {
      if (peer != rank && (rooms[peer] == null || rooms[peer].capacity() < end)) {
        rooms[peer] = ByteBuffer.allocateDirect(end);
      }
    }
  }

  ByteBuffer room(int peer, int frame, int length) {
    return rooms[peer].slice(starts[frame % starts.length], length);
  }
}
