// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;

/** Room for the next few frames of every peer, used in turn. */
final class Window {
  private static final long FRAME_BYTES = (long) Frames.ELEMENTS * Float.BYTES;

  private final int rank;
  private final int frames;
  private final ByteBuffer[] rooms;
  private int slots;
  private int stride;

  Window(Membership self, int lanes) {
    this.rank = self.rank();
    this.frames = frames(lanes);
    this.rooms = new ByteBuffer[self.size()];
  }

  private static int frames(int lanes) {
    return 2 * lanes + 2;
  }

  private static long room(long bytes, int frames) {
    return Math.min(bytes, frames * FRAME_BYTES);
  }

  /** Bytes for all peers of one of {@code size} ranks, with slices of up to {@code bytes} bytes. */
  static long bytes(long bytes, int size, int lanes) {
    return (size - 1) * room(bytes, frames(lanes));
  }

  /** How many frames of a peer there is room for. */
  int frames() {
    return slots;
  }

  /**
   * Makes room for the next frames of every peer, as many as fit into the longest slice and at
   * least one; while no operation runs.
   *
   * @param count frames of a peer
   * @param longest bytes of the longest
   * @param slice bytes of the longest slice
   */
  void reserve(int count, int longest, long slice) {
    long room = room(slice, frames);
    int fitting = Math.min(count, frames);
    // The last frame of the only slice may be shorter than the others.
    boolean isOne = (count - 1L) * longest < slice;
    slots = isOne || longest == 0 ? fitting : (int) Math.max(1, Math.min(fitting, room / longest));
    stride = longest;
    int needed = (int) Math.min(room, (long) slots * longest);
    for (int peer = 0; peer < rooms.length; peer++) {
      if (peer != rank && (rooms[peer] == null || rooms[peer].capacity() < needed)) {
        rooms[peer] = ByteBuffer.allocateDirect(needed);
      }
    }
  }

  ByteBuffer room(int peer, int frame, int length) {
    return rooms[peer].slice(length == 0 ? 0 : frame % slots * stride, length);
  }
}
