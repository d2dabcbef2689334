// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;

/**
 * What precedes the payload of a frame.
 *
 * @param generation attempt number of the segment
 * @param kind what the frame is for
 * @param level index of the level; 0 for frames without one
 * @param step training step; 0 for frames without one
 * @param sequence number of the operation, counted by every rank from 1
 * @param frame number of the frame within what the sender sends to this peer in the operation
 * @param length payload bytes
 * @param hash of the sender's parameters of the level before the update
 */
record FrameHeader(
    int generation,
    Kind kind,
    int level,
    long step,
    long sequence,
    int frame,
    int length,
    long hash) {
  static final int BYTES = 4 + 1 + 2 + 8 + 8 + 4 + 4 + 8;

  enum Kind {
    /** A contribution, to the rank that owns the slice. */
    SCATTER(1),
    /** A part of the sender's own slice. */
    GATHER(2),
    /** A short message, whole. */
    MESSAGE(3),
    /** No payload: the sender has finished, the lane may close. */
    GOODBYE(4);

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

  static FrameHeader goodbye(int generation) {
    return new FrameHeader(generation, Kind.GOODBYE, 0, 0, 0, 0, 0, 0);
  }

  ByteBuffer write(ByteBuffer out) {
    out.putInt(generation).put((byte) kind.code).putShort((short) level).putLong(step);
    return out.putLong(sequence).putInt(frame).putInt(length).putLong(hash);
  }

  /** Reads {@link #BYTES} bytes. */
  static FrameHeader read(ByteBuffer in) {
    return new FrameHeader(
        in.getInt(),
        Kind.of(in.get()),
        Short.toUnsignedInt(in.getShort()),
        in.getLong(),
        in.getLong(),
        in.getInt(),
        in.getInt(),
        in.getLong());
  }
}
