// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side of the handshake on a fresh connection. When it is done the link joins the collective,
 * and a {@link FrameReader} takes this handler's place, with whatever bytes have followed.
 */
abstract class Greeter extends ByteToMessageDecoder {
  final Membership self;
  private final Collective collective;
  private boolean done;

  private Greeter(Membership self, Collective collective) {
    this.self = self;
    this.collective = collective;
  }

  final void complete(ChannelHandlerContext context, int peer) {
    FrameReader reader = new FrameReader(peer, collective);
    context.pipeline().addLast(reader);
    collective.join(new Link(peer, context.channel(), reader));
    done = true;
    context.pipeline().remove(this);
  }

  /** The connection is of no use. */
  abstract void refuse(ChannelHandlerContext context, String why);

  @Override
  public final void channelInactive(ChannelHandlerContext context) throws Exception {
    super.channelInactive(context);
    if (!done) {
      refuse(context, "it closed the connection");
    }
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Throwable why = cause.getCause() instanceof ExchangeException refusal ? refusal : cause;
    refuse(context, why.getMessage());
  }

  private static byte[] take(ByteBuf in, int bytes) {
    byte[] taken = new byte[bytes];
    in.readBytes(taken);
    return taken;
  }

  /** Waits for a peer of higher rank, or for anyone who found the port. */
  static final class Acceptor extends Greeter {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);

    private final byte[] challenge = Handshake.nonce();
    private boolean refused;

    Acceptor(Membership self, Collective collective) {
      super(self, collective);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      var unused = context.writeAndFlush(Unpooled.wrappedBuffer(challenge));
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      if (refused || in.readableBytes() < Handshake.JOIN_BYTES + Handshake.MAC_BYTES) {
        return;
      }
      byte[] join = take(in, Handshake.JOIN_BYTES);
      int peer = Handshake.admit(self, challenge, join, take(in, Handshake.MAC_BYTES));
      complete(context, peer);
      var unused =
          context
              .channel()
              .writeAndFlush(
                  Unpooled.wrappedBuffer(Handshake.proof(self, "welcome", challenge, join)));
    }

    /** Whoever it was, the right peer may still come. */
    @Override
    void refuse(ChannelHandlerContext context, String why) {
      if (!refused) {
        refused = true;
        LOG.warn(
            "Refused a connection from {} to {}: {}.",
            context.channel().remoteAddress(),
            self,
            why);
      }
      var unused = context.close();
    }
  }

  /** Has connected to a peer of lower rank. */
  static final class Connector extends Greeter {
    private final Monitor monitor;
    private final int peer;
    private final byte[] join;
    private byte[] challenge;

    Connector(Membership self, Collective collective, int peer) {
      super(self, collective);
      this.monitor = collective.monitor();
      this.peer = peer;
      this.join = Handshake.join(self, peer);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      if (challenge == null) {
        if (in.readableBytes() >= Handshake.NONCE_BYTES) {
          challenge = take(in, Handshake.NONCE_BYTES);
          var unused =
              context.writeAndFlush(
                  Unpooled.wrappedBuffer(join, Handshake.proof(self, "join", challenge, join)));
        }
        return;
      }
      if (in.readableBytes() < Handshake.MAC_BYTES) {
        return;
      }
      byte[] welcome = take(in, Handshake.MAC_BYTES);
      if (!Handshake.isProof(self, "welcome", challenge, join, welcome)) {
        throw new ExchangeException("it does not hold the secret of this run");
      }
      complete(context, peer);
    }

    @Override
    void refuse(ChannelHandlerContext context, String why) {
      monitor.fail(
          new ExchangeException(
              "Cannot join rank %d at %s: %s."
                  .formatted(peer, context.channel().remoteAddress(), why)));
      var unused = context.close();
    }
  }
}
