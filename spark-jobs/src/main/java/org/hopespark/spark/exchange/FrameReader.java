// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Cuts a peer's byte stream into frames and puts payloads straight where they belong. A frame that
 * this rank is not ready for stops the reading, and TCP then stops the peer: nothing is queued in
 * memory beyond one read.
 */
final class FrameReader extends ChannelInboundHandlerAdapter {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final int peer;
  private final Collective collective;
  private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
  private final ByteBuf head = Unpooled.buffer(FrameHeader.BYTES, FrameHeader.BYTES);
  private ChannelHandlerContext context;
  private FrameHeader frame;
  private ByteBuffer target;
  private volatile boolean left;

  FrameReader(int peer, Collective collective) {
    this.peer = peer;
    this.collective = collective;
  }

  boolean hasLeft() {
    return left;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    held.add((ByteBuf) message);
    drain();
  }

  /** Runs in the channel's event loop. */
  void resume() {
    context.channel().config().setAutoRead(true);
    drain();
  }

  private void drain() {
    if (collective.monitor().hasFailed()) {
      release();
      return;
    }
    try {
      while (readFrame()) {}
    } catch (ExchangeException e) {
      collective.monitor().fail(e);
      release();
      var unused = context.close();
    }
  }

  /** Returns false when more bytes, or the next operation, have to come first. */
  private boolean readFrame() {
    if (frame == null) {
      if (!fillHead()) {
        return false;
      }
      frame = FrameHeader.read(head);
      head.clear();
    }
    if (target == null) {
      target = frame.kind() == FrameHeader.Kind.GOODBYE ? NOTHING : collective.place(peer, frame);
      if (target == null) {
        context.channel().config().setAutoRead(false);
        return false;
      }
    }
    fillTarget();
    if (target.hasRemaining()) {
      return false;
    }
    finish();
    return true;
  }

  private boolean fillHead() {
    while (head.isWritable() && !held.isEmpty()) {
      ByteBuf in = held.peek();
      head.writeBytes(in, Math.min(head.writableBytes(), in.readableBytes()));
      releaseIfRead(in);
    }
    return !head.isWritable();
  }

  private void fillTarget() {
    while (target.hasRemaining() && !held.isEmpty()) {
      ByteBuf in = held.peek();
      int n = Math.min(target.remaining(), in.readableBytes());
      int limit = target.limit();
      target.limit(target.position() + n);
      in.readBytes(target);
      target.limit(limit);
      releaseIfRead(in);
      collective.monitor().progress();
    }
  }

  private void releaseIfRead(ByteBuf in) {
    if (!in.isReadable()) {
      held.remove().release();
    }
  }

  private void finish() {
    FrameHeader done = frame;
    frame = null;
    target = null;
    if (done.kind() == FrameHeader.Kind.GOODBYE) {
      left = true;
    } else {
      collective.arrived(peer, done);
    }
    collective.monitor().signal();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    collective.monitor().signal();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    release();
    if (left) {
      collective.monitor().signal();
    } else {
      collective.monitor().fail(lost("its connection closed."));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A peer that has left may reset what is sent after it.
    if (!left) {
      collective.monitor().fail(lost(cause.getMessage() + "."));
    }
    var unused = ctx.close();
  }

  private ExchangeException lost(String how) {
    return new ExchangeException("Lost rank %d: %s".formatted(peer, how));
  }

  private void release() {
    held.forEach(ByteBuf::release);
    held.clear();
  }
}
