// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;

/** Room for the next few frames of every peer, used in turn. */
final class Window {
  private static final int FRAME_BYTES = Frames.ELEMENTS * Float.BYTES;

  private final int rank;
  private final int frames;
  private final ByteBuffer[] rooms;

  Window(Membership self, int lanes) {
    this.rank = self.rank();
    this.frames = frames(lanes);
    this.rooms = new ByteBuffer[self.size()];
  }

  private static int frames(int lanes) {
    return 2 * lanes + 2;
  }

  private static long room(long bytes, int frames) {
    return Math.min(bytes, (long) frames * FRAME_BYTES);
  }

  /** Bytes for all peers of one of {@code size} ranks, with slices of up to {@code bytes} bytes. */
  static long bytes(long bytes, int size, int lanes) {
    return (size - 1) * room(bytes, frames(lanes));
  }

  /** How many frames of a peer there is room for. */
  int frames() {
    return frames;
  }

  /** Makes room for slices of up to {@code bytes} bytes; while no operation runs. */
  void reserve(long bytes) {
    int needed = (int) room(bytes, frames);
    for (int peer = 0; peer < rooms.length; peer++) {
      if (peer != rank && (rooms[peer] == null || rooms[peer].capacity() < needed)) {
        rooms[peer] = ByteBuffer.allocateDirect(needed);
      }
    }
  }

  ByteBuffer room(int peer, int frame, int length) {
    return rooms[peer].slice(length == 0 ? 0 : frame % frames * FRAME_BYTES, length);
  }
}
