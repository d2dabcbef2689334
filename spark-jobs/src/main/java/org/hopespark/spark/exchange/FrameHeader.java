// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.ByteBuf;

/**
 * What precedes the payload of a frame.
 *
 * @param generation attempt number of the segment
 * @param kind what the frame is for
 * @param level index of the level; 0 for frames without one
 * @param step training step; 0 for frames without one
 * @param offset first element, counted from the start of the slice
 * @param length payload bytes
 * @param hash of the sender's parameters of the level before the update
 */
record FrameHeader(
    int generation, Kind kind, int level, long step, long offset, int length, long hash) {
  static final int BYTES = 4 + 1 + 2 + 8 + 8 + 4 + 8;

  enum Kind {
    /** A contribution, to the rank that owns the slice. */
    SCATTER(1),
    /** The sum, from the rank that owns the slice. */
    GATHER(2),
    /** No payload: the sender has finished, the link may close. */
    GOODBYE(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new ExchangeException("Lost a peer: it sent a frame of unknown kind " + code + ".");
    }
  }

  static FrameHeader of(int generation, Kind kind, SyncPoint point, long offset, int payloadBytes) {
    return new FrameHeader(
        generation, kind, point.level(), point.step(), offset, payloadBytes, point.hash());
  }

  static FrameHeader goodbye(int generation) {
    return new FrameHeader(generation, Kind.GOODBYE, 0, 0, 0, 0, 0);
  }

  void write(ByteBuf out) {
    out.writeInt(generation).writeByte(kind.code).writeShort(level).writeLong(step);
    out.writeLong(offset).writeInt(length).writeLong(hash);
  }

  /** Reads {@link #BYTES} bytes. */
  static FrameHeader read(ByteBuf in) {
    return new FrameHeader(
        in.readInt(),
        Kind.of(in.readUnsignedByte()),
        in.readUnsignedShort(),
        in.readLong(),
        in.readLong(),
        in.readInt(),
        in.readLong());
  }
}
