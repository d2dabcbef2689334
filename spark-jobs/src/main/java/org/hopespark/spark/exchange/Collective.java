// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The connected workers of one segment. Used by one thread; every rank makes the same calls in the
 * same order. After a failure every call fails.
 */
public final class Collective implements AutoCloseable {
  private static final long CLOSE_MILLIS = 2000;

  private final Membership self;
  private final EventLoopGroup threads;
  private final Monitor monitor;
  private final Link[] links;
  private final TreeSum tree;
  private final Traffic traffic = new Traffic();
  private ByteBuffer staging = ByteBuffer.allocateDirect(0);
  private volatile AllReduce current;
  private boolean closed;

  Collective(Membership self, EventLoopGroup threads, Monitor monitor) {
    this.self = self;
    this.threads = threads;
    this.monitor = monitor;
    this.links = new Link[self.size()];
    this.tree = new TreeSum(self.size());
  }

  Monitor monitor() {
    return monitor;
  }

  /** Called by a network thread once the peer has proved itself. */
  void join(Link link) {
    synchronized (links) {
      if (links[link.peer()] != null) {
        throw new ExchangeException("rank " + link.peer() + " is connected already");
      }
      links[link.peer()] = link;
    }
    monitor.signal();
  }

  boolean isComplete() {
    synchronized (links) {
      return Arrays.stream(links).filter(Objects::nonNull).count() == links.length - 1;
    }
  }

  /**
   * Replaces {@code range} by its sum over all ranks, in the canonical tree order: the same bits
   * everywhere.
   *
   * @param range direct buffer of float32 in native byte order, whole elements, the same length on
   *     every rank; not to be touched by others until the call returns or fails
   * @throws ReplicaMismatchException if a peer's parameters differ
   * @throws ExchangeException if a peer fails, nothing moves until the deadline, or the thread is
   *     interrupted; the range is then undefined, and nothing touches it any more
   */
  public void allReduce(SyncPoint point, ByteBuffer range) {
    Slices slices = new Slices(range.remaining() / Float.BYTES, self.size());
    reserve(slices.length(self.rank()) * (self.size() - 1) * Float.BYTES);
    AllReduce operation =
        new AllReduce(point, range.slice(), staging, slices, self, links, monitor, traffic);
    current = operation;
    try {
      for (Link link : links) {
        if (link != null) {
          link.resume();
        }
      }
      operation.run(tree);
    } catch (ExchangeException e) {
      monitor.fail(e);
      closeChannels();
      throw e;
    } finally {
      current = null;
    }
  }

  private void reserve(long bytes) {
    if (staging.capacity() < bytes) {
      staging = ByteBuffer.allocateDirect(Math.toIntExact(bytes));
    }
  }

  /** After this no network thread is inside memory of the caller, which may free it. */
  private void closeChannels() {
    for (Link link : links) {
      if (link != null) {
        var unused = link.channel().close();
        link.channel().closeFuture().awaitUninterruptibly();
      }
    }
  }

  /** Where a frame's payload goes; null when it belongs to an operation that has not begun here. */
  ByteBuffer place(int peer, FrameHeader frame) {
    if (frame.generation() != self.generation()) {
      throw new ExchangeException(
          "Lost rank %d: it is at generation %d, not %d."
              .formatted(peer, frame.generation(), self.generation()));
    }
    AllReduce operation = current;
    if (operation == null || operation.point().isBefore(frame)) {
      return null;
    }
    if (!operation.point().isAt(frame)) {
      throw new ExchangeException(
          "Lost rank %d: it is still at step %d, level %d."
              .formatted(peer, frame.step(), frame.level()));
    }
    return operation.destination(peer, frame);
  }

  void arrived(int peer, FrameHeader frame) {
    current.arrived(peer, frame);
  }

  /** Fails if a peer has failed; for use between synchronisations. */
  public void check() {
    monitor.throwIfFailed();
  }

  /** Bytes that this rank has sent for a level, headers included. */
  public long bytesSent(int level) {
    return traffic.sent(level);
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
      sayGoodbye();
    }
    closeChannels();
    threads
        .shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(2 * CLOSE_MILLIS);
  }

  private void sayGoodbye() {
    FrameHeader goodbye = FrameHeader.goodbye(self.generation());
    List<ChannelFuture> sent =
        Arrays.stream(links)
            .filter(Objects::nonNull)
            .map(link -> link.send(goodbye, ByteBuffer.allocate(0)))
            .toList();
    sent.forEach(future -> future.awaitUninterruptibly(CLOSE_MILLIS));
  }
}
