// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * The reading end of a connection. It says what memory the next bytes go to, and the socket is read
 * straight into that and no further: nothing is copied, and nothing queues up.
 */
abstract class Inbound extends ChannelInboundHandlerAdapter {
  /** Room for what may come next; position and limit are those of the bytes still missing. */
  abstract ByteBuffer space();

  /** Some of the space has been filled. */
  abstract void filled(ChannelHandlerContext context);

  @Override
  public final void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    ByteBuffer space = space();
    space.position(space.position() + in.readableBytes());
    in.release();
    filled(context);
  }

  /** Has the socket of a channel read into the space of its current reader. */
  static final class Intake extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int READS_IN_A_ROW = 16;

    private Inbound reader;

    Intake(Inbound reader) {
      super(READS_IN_A_ROW);
      this.reader = reader;
    }

    void handOver(Inbound next) {
      reader = next;
    }

    @Override
    public MaxMessageHandle newHandle() {
      return new MaxMessageHandle() {
        @Override
        public int guess() {
          return reader.space().remaining();
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator unused) {
          return Unpooled.wrappedBuffer(reader.space()).clear();
        }
      };
    }
  }
}
