// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.channel.EventLoopGroup;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.hopespark.model.level.Slices;

/**
 * The connected workers of one segment. Used by one thread; every rank makes the same calls in the
 * same order. After a failure every call fails.
 *
 * <p>Every call throws {@link ReplicaMismatchException} if a peer's parameters differ, and {@link
 * ExchangeException} if a peer fails, nothing moves until the deadline, or the thread is
 * interrupted; the range of the call is then undefined, and nothing touches it any more.
 *
 * <p>A range is a direct buffer of float32 in native byte order from its position to its limit, as
 * long as the slices say, not to be touched by others until the call returns or fails.
 */
public final class Collective implements AutoCloseable {
  private static final long CLOSE_MILLIS = 2000;

  private final Membership self;
  private final EventLoopGroup threads;
  private final Peers peers;
  private final Monitor monitor;
  private final Landing own = new Landing();
  private final TreeSum tree;
  private final Window window;
  private long sequence;
  private volatile Operation current;
  private boolean closed;

  Collective(Membership self, EventLoopGroup threads, Peers peers) {
    this.self = self;
    this.threads = threads;
    this.peers = peers;
    this.monitor = peers.monitor();
    this.tree = new TreeSum(self.size(), own.rounding());
    this.window = new Window(self, peers.lanes());
  }

  Monitor monitor() {
    return monitor;
  }

  /** Number of ranks. */
  public int size() {
    return self.size();
  }

  /** Called by a network thread once the peer has proved itself. */
  void join(int peer, Lane lane) {
    peers.link(peer).join(lane);
    monitor.signal();
  }

  boolean isComplete() {
    return peers.areComplete();
  }

  /**
   * Replaces the own slice of {@code range} by its sum over all ranks, in the canonical tree order;
   * the rest of the range stays as it is.
   */
  public void reduceScatter(SyncPoint point, ByteBuffer range, Slices slices, Wire wire) {
    reduceScatter(List.of(new Contribution(point, range.slice(), slices)), wire);
  }

  /** As {@link #reduceScatter(SyncPoint, ByteBuffer, Slices, Wire)} of several ranges at once. */
  public void reduceScatter(List<Contribution> contributions, Wire wire) {
    reduceScatter(contributions, wire, null);
  }

  /** For one reduce-scatter of ranges that become final in {@code stages} stages. */
  public Readiness readiness(int stages) {
    return new Readiness(monitor, stages);
  }

  /**
   * As {@link #reduceScatter(SyncPoint, ByteBuffer, Slices, Wire)} of several ranges at once, of
   * which every part is sent and summed as soon as it is final. Until all of this rank's are it
   * waits for peers without a deadline. The time that counts as spent begins when they are.
   *
   * @param contributions at least one, all of the same step
   * @param readiness told by others meanwhile
   */
  public void reduceScatter(List<Contribution> contributions, Wire wire, Readiness readiness) {
    check(contributions);
    run(
        new ReduceScatter(
            List.copyOf(contributions), ++sequence, peers, wire, readiness, tree, window));
  }

  /**
   * Replaces every peer's slice of {@code range} by what that peer has there. With {@link
   * Wire#BFLOAT16} the own slice is rounded as well: the same bits everywhere.
   */
  public void allGather(SyncPoint point, ByteBuffer range, Slices slices, Wire wire) {
    allGather(List.of(new Contribution(point, range.slice(), slices)), wire);
  }

  /**
   * As {@link #allGather(SyncPoint, ByteBuffer, Slices, Wire)} of several ranges at once.
   *
   * @param contributions at least one, all of the same step
   */
  public void allGather(List<Contribution> contributions, Wire wire) {
    check(contributions);
    run(new AllGather(List.copyOf(contributions), ++sequence, peers, wire, own));
  }

  /**
   * Gives every rank every rank's message, by rank.
   *
   * @param message up to 16 MiB, of any length on any rank; stays the caller's
   */
  public List<byte[]> exchange(SyncPoint point, byte[] message) {
    if (message.length > MessageExchange.MAX_BYTES) {
      throw new IllegalArgumentException(message.length + " bytes");
    }
    MessageExchange operation = new MessageExchange(point, ++sequence, peers, message, own);
    run(operation);
    return operation.messages();
  }

  private void check(List<Contribution> contributions) {
    for (Contribution contribution : contributions) {
      ByteBuffer range = contribution.range();
      Slices slices = contribution.slices();
      if (slices.size() != self.size()
          || range.remaining() != slices.elements() * Float.BYTES
          || !range.isDirect()) {
        throw new IllegalArgumentException(
            "%s for %s of %d ranks".formatted(range, slices, self.size()));
      }
    }
  }

  private void run(Operation operation) {
    current = operation;
    try {
      peers.resume();
      operation.run();
    } catch (ExchangeException e) {
      monitor.fail(e);
      peers.close();
      throw e;
    } finally {
      current = null;
    }
  }

  /** Where a frame's payload goes; null when it has to wait. */
  ByteBuffer place(int peer, int lane, FrameHeader frame, Landing landing) {
    if (frame.generation() != self.generation()) {
      throw new ExchangeException(
          "Lost rank %d: it is at generation %d, not %d."
              .formatted(peer, frame.generation(), self.generation()));
    }
    Operation operation = current;
    return operation == null || operation.isBefore(frame)
        ? null
        : operation.place(peer, lane, frame, landing);
  }

  void arrived(
      int peer, int lane, FrameHeader frame, long nanos, ByteBuffer payload, Landing landing) {
    current.arrived(peer, lane, frame, nanos, payload, landing);
  }

  /** Fails if a peer has failed; for use between operations. */
  public void check() {
    monitor.throwIfFailed();
  }

  /** What the operations of a level have cost so far. */
  public LevelTraffic traffic(int level) {
    return peers.traffic().of(level);
  }

  /** Gives up: peers fail at once instead of waiting for their deadline. */
  public void abort() {
    monitor.fail(new ExchangeException("Lost this rank: it gave up."));
    close();
  }

  /** Leaves; in order, unless something has failed. Peers may still finish the last operation. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!monitor.hasFailed()) {
      peers.sayGoodbye(CLOSE_MILLIS);
    }
    peers.close();
    threads
        .shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(2 * CLOSE_MILLIS);
  }
}
