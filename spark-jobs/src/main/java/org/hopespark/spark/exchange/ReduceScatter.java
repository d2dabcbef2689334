// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.hopespark.model.level.Slices;

/**
 * Every rank's contribution to a slice goes to its owner. As soon as all contributions to a frame
 * are there, the frame is summed in place; the next frames arrive meanwhile, as many as the window
 * holds.
 */
final class ReduceScatter extends Operation {
  private final ByteBuffer range;
  private final Frames frames;
  private final Wire wire;
  private final TreeSum tree;
  private final Window window;
  private final AtomicInteger summed = new AtomicInteger();

  ReduceScatter(
      SyncPoint point,
      long sequence,
      Peers peers,
      ByteBuffer range,
      Slices slices,
      Wire wire,
      TreeSum tree,
      Window window) {
    super(FrameHeader.Kind.SCATTER, point, sequence, peers);
    this.range = range;
    this.frames = new Frames(slices);
    this.wire = wire;
    this.tree = tree;
    this.window = window;
  }

  @Override
  int framesTo(int peer) {
    return frames.count(peer);
  }

  @Override
  int framesFrom(int peer) {
    return frames.count(rank);
  }

  @Override
  int lengthFrom(int peer, int frame) {
    return (int) wire.bytes(frames.length(rank, frame));
  }

  @Override
  Payload payload(int peer, int frame) {
    ByteBuffer floats = floats(peer, frame);
    if (wire == Wire.FLOAT32) {
      return Payload.of(floats);
    }
    int bytes = (int) wire.bytes(frames.length(peer, frame));
    ByteBuf pooled = PooledByteBufAllocator.DEFAULT.directBuffer(bytes).writerIndex(bytes);
    ByteBuffer rounded = pooled.nioBuffer(0, bytes).slice();
    tree.rounding().encode(floats, rounded);
    return new Payload(rounded, pooled);
  }

  private ByteBuffer floats(int owner, int frame) {
    return view(
        range,
        frames.start(owner, frame) * Float.BYTES,
        (long) frames.length(owner, frame) * Float.BYTES);
  }

  @Override
  boolean work() {
    int frame = summed.get();
    if (isWorkDone() || !hasFromAll(frame)) {
      return false;
    }
    ByteBuffer[] payloads = new ByteBuffer[size];
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank) {
        payloads[peer] = window.room(peer, frame, lengthFrom(peer, frame));
      }
    }
    tree.sum(wire, floats(rank, frame), rank, payloads);
    var unused = summed.incrementAndGet();
    resume();
    return true;
  }

  @Override
  boolean isWorkDone() {
    return summed.get() == frames.count(rank);
  }

  @Override
  ByteBuffer room(int peer, int frame, int length, Landing landing) {
    return frame < summed.get() + window.frames() ? window.room(peer, frame, length) : null;
  }

  @Override
  void landed(int peer, int frame, ByteBuffer payload, Landing landing) {
    // It is where the sum reads it.
  }
}
