// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;

/**
 * Cuts a lane's bytes into frames and puts payloads where they belong. A frame that this rank is
 * not ready for stops the reading, and TCP then stops the peer.
 */
final class FrameReader extends Inbound {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final int peer;
  private final int lane;
  private final Collective collective;
  private final Monitor monitor;

  /** Null when frames come in clear. */
  private final Seal seal;

  private final Landing landing = new Landing();
  private final Landing sealed = new Landing();
  private final ByteBuffer head;
  private ChannelHandlerContext context;
  private FrameHeader frame;
  private long frameNanos;

  /** Where the payload of {@link #frame} goes; null while that is not known. */
  private ByteBuffer target;

  /** What the socket fills: the target, or room for its sealed form. */
  private ByteBuffer missing = NOTHING;

  private volatile boolean waiting;
  private volatile boolean left;

  FrameReader(int peer, int lane, Collective collective, Seal seal) {
    this.peer = peer;
    this.lane = lane;
    this.collective = collective;
    this.monitor = collective.monitor();
    this.seal = seal;
    this.head = ByteBuffer.allocateDirect(FrameHeader.BYTES + (seal == null ? 0 : Seal.BYTES));
  }

  boolean hasLeft() {
    return left;
  }

  /** Whether a frame waits for {@link #resume}. */
  boolean isWaiting() {
    return waiting;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  ByteBuffer space() {
    return frame == null ? head : missing;
  }

  @Override
  void filled(ChannelHandlerContext ctx) {
    monitor.progress();
    advance();
  }

  /** Runs in the channel's event loop. */
  void resume() {
    waiting = false;
    context.channel().config().setAutoRead(true);
    advance();
  }

  private void advance() {
    if (monitor.hasFailed()) {
      context.channel().config().setAutoRead(false);
      return;
    }
    try {
      while (readFrame()) {}
    } catch (ExchangeException e) {
      monitor.fail(e);
      context.channel().config().setAutoRead(false);
      var unused = context.close();
    }
  }

  /** Returns false when more bytes, or the next operation, have to come first. */
  private boolean readFrame() {
    if (frame == null) {
      if (head.hasRemaining()) {
        return false;
      }
      frame = FrameHeader.read(open(head.flip(), ByteBuffer.allocate(FrameHeader.BYTES)));
      frameNanos = System.nanoTime();
      head.clear();
    }
    if (target == null && !place()) {
      return false;
    }
    if (missing.hasRemaining()) {
      return false;
    }
    finish();
    return true;
  }

  private boolean place() {
    target = destination();
    if (target == null) {
      // Announced before looking again: an operation that begins in between sees it or is seen.
      waiting = true;
      target = destination();
    }
    if (target == null) {
      context.channel().config().setAutoRead(false);
      return false;
    }
    waiting = false;
    boolean clear = seal == null || !target.hasRemaining();
    missing = clear ? target.slice() : sealed.room(target.remaining() + Seal.BYTES);
    return true;
  }

  private ByteBuffer destination() {
    return frame.kind() == FrameHeader.Kind.GOODBYE
        ? NOTHING
        : collective.place(peer, lane, frame, landing);
  }

  /** Returns {@code in}, opened into {@code out} if it is sealed. */
  private ByteBuffer open(ByteBuffer in, ByteBuffer out) {
    if (seal == null) {
      return in;
    }
    try {
      seal.apply(in, out);
    } catch (ExchangeException e) {
      throw lost(e.getMessage() + ". Look for a faulty or hostile device between the hosts.");
    }
    return out.flip();
  }

  private void finish() {
    if (seal != null && target.hasRemaining()) {
      open(missing.flip(), target.slice());
    }
    FrameHeader done = frame;
    ByteBuffer payload = target;
    frame = null;
    target = null;
    missing = NOTHING;
    if (done.kind() == FrameHeader.Kind.GOODBYE) {
      left = true;
    } else {
      collective.arrived(peer, lane, done, frameNanos, payload, landing);
    }
    monitor.signal();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    monitor.signal();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (left) {
      monitor.signal();
    } else {
      monitor.fail(lost("its connection closed."));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A peer that has left may reset what is sent after it.
    if (!left) {
      monitor.fail(lost(cause.getMessage() + "."));
    }
    var unused = ctx.close();
  }

  private ExchangeException lost(String how) {
    return new ExchangeException("Lost rank %d: %s".formatted(peer, how));
  }
}
