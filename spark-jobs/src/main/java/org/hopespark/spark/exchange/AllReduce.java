// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.channel.ChannelFuture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * One all-reduce of one range. Contributions to the own slice land in {@code staging}, one part per
 * peer; as soon as all contributions to a frame are there, the frame is summed in place and sent to
 * everyone. The network threads only count complete frames; sums and sends are the caller's.
 *
 * <p>In place is safe: a peer's sum for a frame can only arrive after that peer has received this
 * rank's contribution to it.
 */
final class AllReduce {
  private final SyncPoint point;
  private final ByteBuffer range;
  private final ByteBuffer staging;
  private final Slices slices;
  private final int rank;
  private final int generation;
  private final Link[] links;
  private final Monitor monitor;
  private final Traffic traffic;

  /** Complete frames received, per peer: contributions to the own slice; sums of the peer's. */
  private final AtomicIntegerArray contributions;

  private final AtomicIntegerArray sums;
  private final AtomicInteger unflushed = new AtomicInteger();

  /** Frames sent, per peer: contributions to its slice; sums of the own. */
  private final int[] scattered;

  private final int[] gathered;
  private int summed;

  AllReduce(
      SyncPoint point,
      ByteBuffer range,
      ByteBuffer staging,
      Slices slices,
      Membership self,
      Link[] links,
      Monitor monitor,
      Traffic traffic) {
    this.point = point;
    this.range = range;
    this.staging = staging;
    this.slices = slices;
    this.rank = self.rank();
    this.generation = self.generation();
    this.links = links;
    this.monitor = monitor;
    this.traffic = traffic;
    this.contributions = new AtomicIntegerArray(links.length);
    this.sums = new AtomicIntegerArray(links.length);
    this.scattered = new int[links.length];
    this.gathered = new int[links.length];
  }

  SyncPoint point() {
    return point;
  }

  /** Returns once the range holds the sum and nothing of it waits to be sent. */
  void run(TreeSum tree) {
    monitor.progress();
    while (true) {
      long seen = monitor.version();
      monitor.throwIfFailed();
      boolean moved = sendContributions();
      moved |= sumFrames(tree);
      moved |= sendSums();
      if (isDone()) {
        return;
      }
      if (!moved) {
        refuseLeavers();
        monitor.awaitChange(seen, this::describeWait);
      }
    }
  }

  private boolean sendContributions() {
    boolean moved = false;
    for (int k = 1; k < links.length; k++) {
      int peer = (rank + k) % links.length;
      while (scattered[peer] < slices.frames(peer) && links[peer].isWritable()) {
        send(links[peer], FrameHeader.Kind.SCATTER, peer, scattered[peer]++);
        moved = true;
      }
    }
    return moved;
  }

  private boolean sumFrames(TreeSum tree) {
    boolean moved = false;
    FloatBuffer[] parts = new FloatBuffer[links.length];
    while (summed < slices.frames(rank) && isContributed(summed)) {
      long start = slices.frameStart(summed);
      int length = slices.frameLength(rank, summed);
      for (int r = 0; r < parts.length; r++) {
        parts[r] =
            floats(
                r == rank
                    ? view(range, slices.start(rank) + start, length)
                    : view(staging, stagingStart(r) + start, length));
      }
      tree.sum(parts, parts[rank], length);
      summed++;
      moved = true;
    }
    return moved;
  }

  private boolean isContributed(int frame) {
    for (int peer = 0; peer < links.length; peer++) {
      if (peer != rank && contributions.get(peer) <= frame) {
        return false;
      }
    }
    return true;
  }

  private boolean sendSums() {
    boolean moved = false;
    for (int k = 1; k < links.length; k++) {
      int peer = (rank + k) % links.length;
      while (gathered[peer] < summed && links[peer].isWritable()) {
        send(links[peer], FrameHeader.Kind.GATHER, rank, gathered[peer]++);
        moved = true;
      }
    }
    return moved;
  }

  private void send(Link link, FrameHeader.Kind kind, int owner, int frame) {
    long start = slices.frameStart(frame);
    ByteBuffer payload = view(range, slices.start(owner) + start, slices.frameLength(owner, frame));
    FrameHeader header = FrameHeader.of(generation, kind, point, start, payload.remaining());
    unflushed.incrementAndGet();
    link.send(header, payload).addListener((ChannelFuture done) -> sent(link, header, done));
  }

  private void sent(Link link, FrameHeader header, ChannelFuture done) {
    if (done.isSuccess()) {
      traffic.add(point.level(), FrameHeader.BYTES + header.length());
      unflushed.decrementAndGet();
      monitor.signal();
    } else {
      monitor.fail(new ExchangeException("Lost " + link + ": cannot send to it.", done.cause()));
    }
  }

  private boolean isDone() {
    for (int peer = 0; peer < links.length; peer++) {
      if (peer != rank && (isSending(peer) || isAwaited(peer))) {
        return false;
      }
    }
    return unflushed.get() == 0;
  }

  private boolean isSending(int peer) {
    return scattered[peer] < slices.frames(peer) || gathered[peer] < slices.frames(rank);
  }

  private boolean isAwaited(int peer) {
    return contributions.get(peer) < slices.frames(rank) || sums.get(peer) < slices.frames(peer);
  }

  private void refuseLeavers() {
    for (Link link : links) {
      if (link != null && link.hasLeft() && isAwaited(link.peer())) {
        throw new ExchangeException("Lost " + link + ": it left before " + point + ".");
      }
    }
  }

  private String describeWait() {
    StringBuilder ranks = new StringBuilder();
    for (Link link : links) {
      if (link != null && (isAwaited(link.peer()) || isSending(link.peer()))) {
        ranks.append(ranks.isEmpty() ? "" : ", ").append(link);
      }
    }
    return "%s with %s".formatted(point, ranks.isEmpty() ? "unsent data" : ranks);
  }

  /** Where the payload of {@code frame} goes. Called by the peer's network thread. */
  ByteBuffer destination(int peer, FrameHeader frame) {
    if (frame.hash() != point.hash()) {
      throw new ReplicaMismatchException(
          "Invalid replica: %s has parameters %016x on rank %d and %016x on rank %d before the update. Start again from the last checkpoint with --resume auto, and check the memory of both hosts."
              .formatted(point, point.hash(), rank, frame.hash(), peer));
    }
    boolean scatter = frame.kind() == FrameHeader.Kind.SCATTER;
    int owner = scatter ? rank : peer;
    int index = (scatter ? contributions : sums).get(peer);
    if (index >= slices.frames(owner)
        || frame.offset() != slices.frameStart(index)
        || frame.length() != Float.BYTES * slices.frameLength(owner, index)) {
      throw new ExchangeException(
          "Lost rank %d: its frame %s does not fit %s.".formatted(peer, frame, point));
    }
    int length = slices.frameLength(owner, index);
    return scatter
        ? view(staging, stagingStart(peer) + frame.offset(), length)
        : view(range, slices.start(peer) + frame.offset(), length);
  }

  /** Called by the peer's network thread, which alone writes these counts. */
  void arrived(int peer, FrameHeader frame) {
    (frame.kind() == FrameHeader.Kind.SCATTER ? contributions : sums).incrementAndGet(peer);
  }

  private long stagingStart(int peer) {
    return slices.length(rank) * (peer < rank ? peer : peer - 1);
  }

  private static ByteBuffer view(ByteBuffer memory, long start, int length) {
    return memory.slice((int) (start * Float.BYTES), length * Float.BYTES);
  }

  private static FloatBuffer floats(ByteBuffer bytes) {
    return bytes.order(ByteOrder.nativeOrder()).asFloatBuffer();
  }
}
