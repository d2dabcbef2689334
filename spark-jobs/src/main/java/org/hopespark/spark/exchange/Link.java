// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.nio.ByteBuffer;

/** The one connection to a peer, after the handshake. */
final class Link {
  private final int peer;
  private final Channel channel;
  private final FrameReader reader;

  Link(int peer, Channel channel, FrameReader reader) {
    this.peer = peer;
    this.channel = channel;
    this.reader = reader;
  }

  int peer() {
    return peer;
  }

  Channel channel() {
    return channel;
  }

  /** False while the peer takes data more slowly than it is offered. */
  boolean isWritable() {
    return channel.isWritable();
  }

  /** The peer said goodbye: it has everything that it needs from this rank. */
  boolean hasLeft() {
    return reader.hasLeft();
  }

  /** Sends without copying; {@code payload} must stay as it is until the future completes. */
  ChannelFuture send(FrameHeader header, ByteBuffer payload) {
    ByteBuf head = channel.alloc().directBuffer(FrameHeader.BYTES);
    header.write(head);
    if (!payload.hasRemaining()) {
      return channel.writeAndFlush(head);
    }
    // Both fail or neither does, so the second write's future speaks for the first.
    var unused = channel.write(head, channel.voidPromise());
    return channel.writeAndFlush(Unpooled.wrappedBuffer(payload));
  }

  /** Lets frames through that came too early for the previous operation. */
  void resume() {
    channel.eventLoop().execute(reader::resume);
  }

  @Override
  public String toString() {
    return "rank " + peer + " (" + channel.remoteAddress() + ")";
  }
}
