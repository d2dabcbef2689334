// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.channel.ChannelFuture;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One operation of all ranks: some numbered frames to every peer, some from every peer. Frame f
 * takes lane {@code f % lanes}, so frames arrive in order on each lane. The network threads place
 * and count frames; the rest is the caller's thread.
 */
abstract class Operation {
  final int rank;
  final int size;
  final SyncPoint point;
  private final FrameHeader.Kind kind;
  private final long sequence;
  private final Peers peers;
  private final Monitor monitor;

  /** Complete frames received, per peer and lane; each written by the lane's thread alone. */
  private final AtomicIntegerArray received;

  /** When {@link #firstOfAll} came, per peer; set before that frame counts as received. */
  private final AtomicLongArray begun;

  private final AtomicInteger unflushed = new AtomicInteger();
  private final int[] sent;

  Operation(FrameHeader.Kind kind, SyncPoint point, long sequence, Peers peers) {
    this.kind = kind;
    this.point = point;
    this.sequence = sequence;
    this.peers = peers;
    this.monitor = peers.monitor();
    this.rank = peers.self().rank();
    this.size = peers.self().size();
    this.received = new AtomicIntegerArray(size * peers.lanes());
    this.begun = new AtomicLongArray(size);
    this.sent = new int[size];
  }

  /** Number of frames for {@code peer}. */
  abstract int framesTo(int peer);

  abstract int framesFrom(int peer);

  /** Payload bytes of a frame that {@code peer} is to send; negative when any number will do. */
  abstract int lengthFrom(int peer, int frame);

  /** What a frame for {@code peer} belongs to. */
  SyncPoint pointTo(int peer, int frame) {
    return point;
  }

  /** What a frame that {@code peer} is to send belongs to. */
  SyncPoint pointFrom(int peer, int frame) {
    return point;
  }

  /** Number of the first frame of {@code peer} that says that it has all it is to send. */
  int firstOfAll(int peer) {
    return 0;
  }

  /** Whether this rank has all it is to send. The deadline of others runs from then on. */
  boolean isComplete() {
    return true;
  }

  /**
   * Since when {@link #isComplete} holds, once it does.
   *
   * @param start of {@link #run}
   */
  long completedNanos(long start) {
    return start;
  }

  /** Counts what the operation has cost since this rank had all it was to send. */
  void credit(Traffic traffic, long nanos, long waited, int last) {
    traffic.passed(point.level(), nanos, waited, last);
  }

  /** How many of the frames for {@code peer} can be sent by now. */
  int ready(int peer) {
    return framesTo(peer);
  }

  abstract Payload payload(int peer, int frame);

  /** Does some of what is left to do besides sending; false when there is nothing now. */
  abstract boolean work();

  /** Whether nothing but sending and receiving is left. */
  abstract boolean isWorkDone();

  /** Room for a peer's payload; null when it has to wait. Called by the lane's thread. */
  abstract ByteBuffer room(int peer, int frame, int length, Landing landing);

  /** The payload is where {@link #room} said. Called by the lane's thread. */
  abstract void landed(int peer, int frame, ByteBuffer payload, Landing landing);

  /** Returns once everything has been received and nothing waits to be sent. */
  final void run() {
    long start = System.nanoTime();
    monitor.progress();
    while (true) {
      long seen = monitor.version();
      monitor.throwIfFailed();
      boolean moved = send();
      moved |= work();
      if (isDone()) {
        count(start);
        return;
      }
      if (!moved) {
        refuseLeavers();
        monitor.awaitChange(seen, isComplete(), this::describeWait);
      }
    }
  }

  private boolean send() {
    boolean moved = false;
    for (int k = 1; k < size; k++) {
      int peer = (rank + k) % size;
      Link link = peers.link(peer);
      while (sent[peer] < ready(peer) && link.lane(sent[peer]).isWritable()) {
        send(link.lane(sent[peer]), peer, sent[peer]++);
        moved = true;
      }
    }
    return moved;
  }

  private void send(Lane lane, int peer, int frame) {
    Payload payload = payload(peer, frame);
    SyncPoint own = pointTo(peer, frame);
    FrameHeader header =
        new FrameHeader(
            peers.self().generation(),
            kind,
            own.level(),
            own.step(),
            sequence,
            frame,
            payload.bytes().remaining(),
            own.hash());
    unflushed.incrementAndGet();
    lane.send(header, payload).addListener((ChannelFuture done) -> flushed(lane, header, done));
  }

  private void flushed(Lane lane, FrameHeader header, ChannelFuture done) {
    if (done.isSuccess()) {
      peers.traffic().sent(header.level(), lane.bytesOnWire(header.length()));
      unflushed.decrementAndGet();
      monitor.signal();
    } else {
      monitor.fail(new ExchangeException("Lost " + lane + ": cannot send to it.", done.cause()));
    }
  }

  private boolean isDone() {
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank && (sent[peer] < framesTo(peer) || isAwaited(peer))) {
        return false;
      }
    }
    return isWorkDone() && unflushed.get() == 0;
  }

  private boolean isAwaited(int peer) {
    int frames = 0;
    for (int lane = 0; lane < peers.lanes(); lane++) {
      frames += received.get(peer * peers.lanes() + lane);
    }
    return frames < framesFrom(peer);
  }

  /** Whether the frame of this number has come from every peer. */
  final boolean hasFromAll(int frame) {
    for (int peer = 0; peer < size; peer++) {
      int lane = peer * peers.lanes() + frame % peers.lanes();
      if (peer != rank && received.get(lane) <= frame / peers.lanes()) {
        return false;
      }
    }
    return true;
  }

  /** Lets frames through that {@link #room} held back. */
  final void resume() {
    peers.resume();
  }

  private void count(long start) {
    long complete = completedNanos(start);
    int last = rank;
    long latest = 0;
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank && begun.get(peer) - complete > latest) {
        latest = begun.get(peer) - complete;
        last = peer;
      }
    }
    credit(peers.traffic(), System.nanoTime() - complete, latest, last);
  }

  private void refuseLeavers() {
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank && peers.link(peer).hasLeft() && isAwaited(peer)) {
        throw new ExchangeException("Lost " + peers.link(peer) + ": it left before " + point + ".");
      }
    }
  }

  private String describeWait() {
    StringBuilder ranks = new StringBuilder();
    for (int peer = 0; peer < size; peer++) {
      if (peer != rank && (isAwaited(peer) || sent[peer] < framesTo(peer))) {
        ranks.append(ranks.isEmpty() ? "" : ", ").append(peers.link(peer));
      }
    }
    return "%s with %s".formatted(point, ranks.isEmpty() ? "unsent data" : ranks);
  }

  /** Whether the frame belongs to an operation after this one. */
  final boolean isBefore(FrameHeader frame) {
    return sequence < frame.sequence();
  }

  /**
   * Checks a frame and says where its payload goes; null when it has to wait. Called by the lane's
   * thread.
   */
  final ByteBuffer place(int peer, int lane, FrameHeader frame, Landing landing) {
    int index = received.get(peer * peers.lanes() + lane) * peers.lanes() + lane;
    boolean counted = frame.frame() == index && index < framesFrom(peer);
    SyncPoint expected = counted ? pointFrom(peer, index) : point;
    if (frame.sequence() != sequence
        || frame.kind() != kind
        || frame.step() != point.step()
        || (counted && !expected.isAt(frame))) {
      throw new ExchangeException(
          "Lost rank %d: it is at step %d, level %d, operation %d (%s), not at %s, operation %d (%s)."
              .formatted(
                  peer,
                  frame.step(),
                  frame.level(),
                  frame.sequence(),
                  frame.kind(),
                  expected,
                  sequence,
                  kind));
    }
    if (counted && frame.hash() != expected.hash()) {
      throw new ReplicaMismatchException(
          "Invalid replica: %s has parameters %016x on rank %d and %016x on rank %d before the update. Start again from the last checkpoint with --resume auto, and check the memory of both hosts."
              .formatted(expected, expected.hash(), rank, frame.hash(), peer));
    }
    if (!counted || (lengthFrom(peer, index) >= 0 && frame.length() != lengthFrom(peer, index))) {
      throw new ExchangeException(
          "Lost rank %d: its frame %s does not fit %s.".formatted(peer, frame, expected));
    }
    return room(peer, index, frame.length(), landing);
  }

  /** Called by the lane's thread. */
  final void arrived(
      int peer, int lane, FrameHeader frame, long nanos, ByteBuffer payload, Landing landing) {
    landed(peer, frame.frame(), payload, landing);
    if (frame.frame() == firstOfAll(peer)) {
      begun.set(peer, nanos);
    }
    received.incrementAndGet(peer * peers.lanes() + lane);
  }

  static ByteBuffer view(ByteBuffer memory, long start, long length) {
    return memory.slice((int) start, (int) length);
  }
}
