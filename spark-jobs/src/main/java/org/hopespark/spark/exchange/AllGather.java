// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import org.hopespark.model.level.Slices;

/**
 * Every rank's slice goes to all others. A rounded slice is rounded once, a frame ahead of the
 * sending.
 */
final class AllGather extends Operation {
  private final ByteBuffer range;
  private final Frames frames;
  private final Wire wire;

  /** The own slice as it travels; null when it travels as it is. */
  private final ByteBuffer rounded;

  private final BFloat16 rounding;
  private int prepared;

  AllGather(
      SyncPoint point,
      long sequence,
      Peers peers,
      ByteBuffer range,
      Slices slices,
      Wire wire,
      Landing own) {
    super(FrameHeader.Kind.GATHER, point, sequence, peers);
    this.range = range;
    this.frames = new Frames(slices);
    this.wire = wire;
    boolean exact = wire == Wire.FLOAT32;
    this.rounded = exact ? null : own.room((int) wire.bytes(slices.length(rank)));
    this.rounding = own.rounding();
    this.prepared = exact ? frames.count(rank) : 0;
  }

  @Override
  int framesTo(int peer) {
    return frames.count(rank);
  }

  @Override
  int framesFrom(int peer) {
    return frames.count(peer);
  }

  @Override
  int lengthFrom(int peer, int frame) {
    return (int) wire.bytes(frames.length(peer, frame));
  }

  @Override
  int ready(int peer) {
    return prepared;
  }

  @Override
  Payload payload(int peer, int frame) {
    return Payload.of(rounded == null ? floats(rank, frame) : travelling(frame));
  }

  private ByteBuffer floats(int owner, int frame) {
    return view(
        range,
        frames.start(owner, frame) * Float.BYTES,
        (long) frames.length(owner, frame) * Float.BYTES);
  }

  private ByteBuffer travelling(int frame) {
    long first = frames.start(rank, frame) - frames.start(rank, 0);
    return view(rounded, wire.bytes(first), wire.bytes(frames.length(rank, frame)));
  }

  @Override
  boolean work() {
    if (isWorkDone()) {
      return false;
    }
    ByteBuffer own = floats(rank, prepared);
    rounding.encode(own, travelling(prepared));
    rounding.decode(travelling(prepared), own);
    prepared++;
    return true;
  }

  @Override
  boolean isWorkDone() {
    return prepared == frames.count(rank);
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
