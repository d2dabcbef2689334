// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Every rank's contribution to a slice goes to its owner, frame by frame as it becomes final. As
 * soon as all contributions to a frame are there, the frame is summed in place; the next frames
 * arrive meanwhile, as many as the window holds. All ranks send in one order and the owner sums in
 * it, so the frame that everybody waits for is never behind one that has to wait.
 */
final class ReduceScatter extends Operation {
  private final List<Contribution> contributions;
  private final Wire wire;
  private final Readiness readiness;
  private final TreeSum tree;
  private final Window window;
  private final FrameOrder order;
  private final SyncPoint end;
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
    super(FrameHeader.Kind.SCATTER, contributions.get(0).point(), sequence, peers);
    this.contributions = contributions;
    this.wire = wire;
    this.readiness = readiness;
    this.tree = tree;
    this.window = window;
    this.order = new FrameOrder(contributions, readiness == null ? 1 : readiness.stages());
    this.end = new SyncPoint(point.step(), SyncPoint.NO_LEVEL, "last stage", 0);
    this.ready = new int[size];
    long slice = contributions.stream().mapToLong(c -> c.slices().length(rank)).max().orElse(0);
    window.reserve(order.of(rank).size(), (int) wire.bytes(order.longest(rank)), wire.bytes(slice));
  }

  @Override
  int framesTo(int peer) {
    return order.of(peer).size();
  }

  @Override
  int framesFrom(int peer) {
    return order.of(rank).size();
  }

  private SyncPoint pointOf(int owner, int frame) {
    int contribution = order.of(owner).get(frame).contribution();
    return contribution == FrameOrder.END ? end : contributions.get(contribution).point();
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
    return (int) wire.bytes(order.of(rank).get(frame).length());
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
    int bytes = (int) wire.bytes(order.of(peer).get(frame).length());
    ByteBuf pooled = PooledByteBufAllocator.DEFAULT.directBuffer(bytes).writerIndex(bytes);
    ByteBuffer rounded = pooled.nioBuffer(0, bytes).slice();
    tree.rounding().encode(floats, rounded);
    return new Payload(rounded, pooled);
  }

  private ByteBuffer floats(int owner, int number) {
    FrameOrder.Frame frame = order.of(owner).get(number);
    return view(
        contributions.get(Math.max(0, frame.contribution())).range(),
        frame.start() * Float.BYTES,
        (long) frame.length() * Float.BYTES);
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
    return summed.get() == order.of(rank).size();
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

  /** Waiting counts for the first range, and the rest for each by its length. */
  @Override
  void credit(Traffic traffic, long nanos, long waited, int last) {
    double elements = contributions.stream().mapToLong(c -> c.slices().elements()).sum();
    long shared = nanos - waited;
    long left = nanos;
    for (int i = contributions.size() - 1; i > 0; i--) {
      Contribution contribution = contributions.get(i);
      long share = (long) (shared * (contribution.slices().elements() / Math.max(1, elements)));
      traffic.passed(contribution.point().level(), share, 0, last);
      left -= share;
    }
    traffic.passed(point.level(), left, waited, last);
  }
}
