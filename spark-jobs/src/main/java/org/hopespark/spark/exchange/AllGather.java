// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Every rank's slices go to all others. A rounded slice is rounded once, a frame ahead of the
 * sending.
 */
final class AllGather extends RangeOperation {
  /** The own slices as they travel, frame after frame; null when they travel as they are. */
  private final ByteBuffer rounded;

  private final BFloat16 rounding;
  private int prepared;

  /** Where the frame to be prepared next begins. */
  private int end;

  private final ByteBuffer[] travelling;

  AllGather(List<Contribution> contributions, long sequence, Peers peers, Wire wire, Landing own) {
    super(FrameHeader.Kind.GATHER, contributions, 1, sequence, peers, wire);
    boolean exact = wire == Wire.FLOAT32;
    this.rounded = exact ? null : own.room(ownBytes());
    this.rounding = own.rounding();
    this.travelling = new ByteBuffer[exact ? 0 : frames(rank)];
    this.prepared = exact ? frames(rank) : 0;
  }

  private int ownBytes() {
    int bytes = 0;
    for (int frame = 0; frame < frames(rank); frame++) {
      bytes = Math.addExact(bytes, bytesOf(rank, frame));
    }
    return bytes;
  }

  @Override
  int framesTo(int peer) {
    return frames(rank);
  }

  @Override
  int framesFrom(int peer) {
    return frames(peer);
  }

  @Override
  SyncPoint pointTo(int peer, int frame) {
    return pointOf(rank, frame);
  }

  @Override
  SyncPoint pointFrom(int peer, int frame) {
    return pointOf(peer, frame);
  }

  @Override
  int lengthFrom(int peer, int frame) {
    return bytesOf(peer, frame);
  }

  @Override
  int ready(int peer) {
    return prepared;
  }

  @Override
  Payload payload(int peer, int frame) {
    return Payload.of(rounded == null ? floats(rank, frame) : travelling[frame].slice());
  }

  @Override
  boolean work() {
    if (isWorkDone()) {
      return false;
    }
    ByteBuffer own = floats(rank, prepared);
    ByteBuffer room = view(rounded, end, bytesOf(rank, prepared));
    rounding.encode(own, room);
    rounding.decode(room, own);
    end += room.remaining();
    travelling[prepared++] = room;
    return true;
  }

  @Override
  boolean isWorkDone() {
    return prepared == frames(rank);
  }

  @Override
  ByteBuffer room(int peer, int frame, int length, Landing landing) {
    return rounded == null ? floats(peer, frame) : landing.room(length);
  }

  @Override
  void landed(int peer, int frame, ByteBuffer payload, Landing landing) {
    if (rounded != null) {
      landing.rounding().decode(payload, floats(peer, frame));
    }
  }
}
