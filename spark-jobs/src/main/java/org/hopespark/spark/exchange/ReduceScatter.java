// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Every rank's contribution to a slice goes to its owner, frame by frame as it becomes final. As
 * soon as all contributions to a frame are there, the frame is summed in place; the next frames
 * arrive meanwhile, as many as the window holds. All ranks send in one order and the owner sums in
 * it, so the frame that everybody waits for is never behind one that has to wait.
 */
final class ReduceScatter extends RangeOperation {
  private final Readiness readiness;
  private final TreeSum tree;
  private final Window window;
  private final int[] ready;
  private final AtomicInteger summed = new AtomicInteger();

  /**
   * @param contributions at least one, all of the same step
   * @param readiness null where all is final
   */
  ReduceScatter(
      List<Contribution> contributions,
      long sequence,
      Peers peers,
      Wire wire,
      Readiness readiness,
      TreeSum tree,
      Window window) {
    super(
        FrameHeader.Kind.SCATTER,
        contributions,
        readiness == null ? 1 : readiness.stages(),
        sequence,
        peers,
        wire);
    this.readiness = readiness;
    this.tree = tree;
    this.window = window;
    this.ready = new int[size];
    window.reserve(IntStream.range(0, frames(rank)).map(frame -> bytesOf(rank, frame)).toArray());
  }

  @Override
  int framesTo(int peer) {
    return frames(peer);
  }

  @Override
  int framesFrom(int peer) {
    return frames(rank);
  }

  @Override
  SyncPoint pointTo(int peer, int frame) {
    return pointOf(peer, frame);
  }

  @Override
  SyncPoint pointFrom(int peer, int frame) {
    return pointOf(rank, frame);
  }

  @Override
  int lengthFrom(int peer, int frame) {
    return bytesOf(rank, frame);
  }

  @Override
  int ready(int peer) {
    while (ready[peer] < framesTo(peer) && isFinal(peer, ready[peer])) {
      ready[peer]++;
    }
    return ready[peer];
  }

  private boolean isFinal(int owner, int frame) {
    return readiness == null || readiness.hasPassed(order.of(owner).get(frame).stage());
  }

  @Override
  boolean isComplete() {
    return readiness == null || readiness.hasPassed(readiness.stages() - 1);
  }

  @Override
  long completedNanos(long start) {
    return readiness == null ? start : Math.max(start, readiness.completedNanos());
  }

  @Override
  Payload payload(int peer, int frame) {
    ByteBuffer floats = floats(peer, frame);
    if (wire == Wire.FLOAT32) {
      return Payload.of(floats);
    }
    int bytes = bytesOf(peer, frame);
    ByteBuf pooled = PooledByteBufAllocator.DEFAULT.directBuffer(bytes).writerIndex(bytes);
    ByteBuffer rounded = pooled.nioBuffer(0, bytes).slice();
    tree.rounding().encode(floats, rounded);
    return new Payload(rounded, pooled);
  }

  @Override
  boolean work() {
    int frame = summed.get();
    if (isWorkDone() || !isFinal(rank, frame) || !hasFromAll(frame)) {
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
    return summed.get() == frames(rank);
  }

  @Override
  ByteBuffer room(int peer, int frame, int length, Landing landing) {
    return frame < summed.get() + window.frames() ? window.room(peer, frame, length) : null;
  }

  @Override
  void landed(int peer, int frame, ByteBuffer payload, Landing landing) {
    // It is where the sum reads it.
  }

  @Override
  int firstOfAll(int peer) {
    return order.firstOfLast(rank);
  }
}
