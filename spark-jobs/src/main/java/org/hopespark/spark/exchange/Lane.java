// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.nio.ByteBuffer;

/** One connection to a peer, after the handshake. One thread sends. */
final class Lane {
  private final int peer;
  private final int index;
  private final Channel channel;
  private final FrameReader reader;
  private final Seal seal;

  /**
   * @param seal of what is sent; null to send in clear
   */
  Lane(int peer, int index, Channel channel, FrameReader reader, Seal seal) {
    this.peer = peer;
    this.index = index;
    this.channel = channel;
    this.reader = reader;
    this.seal = seal;
  }

  int index() {
    return index;
  }

  /** False while the peer takes data more slowly than it is offered. */
  boolean isWritable() {
    return channel.isWritable();
  }

  boolean hasLeft() {
    return reader.hasLeft();
  }

  /** What a frame with a payload of {@code length} bytes puts on the wire. */
  long bytesOnWire(int length) {
    int seals = seal == null ? 0 : length == 0 ? 1 : 2;
    return FrameHeader.BYTES + length + (long) seals * Seal.BYTES;
  }

  /** Sends a frame and frees the payload then; in clear, without copying it. */
  ChannelFuture send(FrameHeader header, Payload payload) {
    return seal == null ? sendClear(header, payload) : sendSealed(header, payload);
  }

  private ChannelFuture sendClear(FrameHeader header, Payload payload) {
    ByteBuf head = channel.alloc().directBuffer(FrameHeader.BYTES);
    ByteBuffer clear = ByteBuffer.allocate(FrameHeader.BYTES);
    head.writeBytes(header.write(clear).flip());
    if (!payload.bytes().hasRemaining()) {
      payload.free();
      return channel.writeAndFlush(head);
    }
    // Both fail or neither does, so the second write's future speaks for the first.
    var unused = channel.write(head, channel.voidPromise());
    ByteBuf pooled = payload.pooled();
    return channel.writeAndFlush(pooled == null ? Unpooled.wrappedBuffer(payload.bytes()) : pooled);
  }

  private ChannelFuture sendSealed(FrameHeader header, Payload payload) {
    ByteBuffer clear = ByteBuffer.allocate(FrameHeader.BYTES);
    int bytes = Math.toIntExact(bytesOnWire(header.length()));
    ByteBuf sealed = channel.alloc().directBuffer(bytes);
    ByteBuffer out = sealed.internalNioBuffer(0, bytes);
    seal.apply(header.write(clear).flip(), out);
    if (header.length() > 0) {
      seal.apply(payload.bytes(), out);
    }
    payload.free();
    return channel.writeAndFlush(sealed.writerIndex(bytes));
  }

  /** Lets a frame through that came too early. */
  void resume() {
    if (reader.isWaiting()) {
      channel.eventLoop().execute(reader::resume);
    }
  }

  void startClosing() {
    var unused = channel.close();
  }

  void awaitClosed() {
    var unused = channel.closeFuture().awaitUninterruptibly();
  }

  @Override
  public String toString() {
    return "rank " + peer + " (" + channel.remoteAddress() + ")";
  }
}
