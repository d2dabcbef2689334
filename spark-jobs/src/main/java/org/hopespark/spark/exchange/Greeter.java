// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side of the handshake on a fresh connection; it never reads more than the next message of the
 * handshake. When it is done the lane joins the collective, and a {@link FrameReader} takes this
 * handler's place.
 */
abstract class Greeter extends Inbound {
  final Membership self;
  final Endpoint endpoint;
  private final Collective collective;
  private final Intake intake = new Intake(this);
  private ByteBuffer space;
  private boolean done;

  private Greeter(Membership self, Collective collective, Endpoint endpoint, int firstBytes) {
    this.self = self;
    this.collective = collective;
    this.endpoint = endpoint;
    this.space = ByteBuffer.allocate(firstBytes);
  }

  final Intake intake() {
    return intake;
  }

  @Override
  final ByteBuffer space() {
    return space;
  }

  @Override
  final void filled(ChannelHandlerContext context) {
    if (!done && !space.hasRemaining()) {
      read(context, space.array());
    }
  }

  /** The whole next message of the peer. */
  abstract void read(ChannelHandlerContext context, byte[] message);

  final void expect(int bytes) {
    space = ByteBuffer.allocate(bytes);
  }

  final void complete(
      ChannelHandlerContext context, Handshake handshake, int peer, int lane, boolean calling) {
    Seal opening = endpoint.encrypted() ? Seal.opening(handshake.key(self, !calling)) : null;
    Seal closing = endpoint.encrypted() ? Seal.closing(handshake.key(self, calling)) : null;
    FrameReader reader = new FrameReader(peer, lane, collective, opening);
    collective.join(peer, new Lane(peer, lane, context.channel(), reader, closing));
    done = true;
    intake.handOver(reader);
    context.pipeline().addLast(reader);
    context.pipeline().remove(this);
  }

  /** The connection is of no use. */
  abstract void refuse(ChannelHandlerContext context, String why);

  /** It has had its time. */
  final void outstay(ChannelHandlerContext context) {
    if (!done && context.channel().isActive()) {
      refuse(context, "it did not introduce itself in time");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!done) {
      refuse(context, "it closed the connection");
    }
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    refuse(context, cause.getMessage());
  }

  /** Waits for a peer of higher rank, or for anyone who found the port. */
  static final class Acceptor extends Greeter {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);

    private final Strangers strangers;
    private final byte[] challenge = Handshake.nonce();
    private boolean refused;

    Acceptor(Membership self, Collective collective, Endpoint endpoint, Strangers strangers) {
      super(self, collective, endpoint, Handshake.JOIN_BYTES + Handshake.MAC_BYTES);
      this.strangers = strangers;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      strangers.enter(context, this);
      var unused = context.writeAndFlush(Unpooled.wrappedBuffer(challenge));
    }

    @Override
    void read(ChannelHandlerContext context, byte[] message) {
      Handshake handshake = Handshake.received(challenge, message);
      Handshake.Caller caller = handshake.admit(self, endpoint, message);
      strangers.leave(context);
      complete(context, handshake, caller.rank(), caller.lane(), false);
      var unused =
          context.channel().writeAndFlush(Unpooled.wrappedBuffer(handshake.proof(self, "welcome")));
    }

    /** Whoever it was, the right peer may still come. */
    @Override
    void refuse(ChannelHandlerContext context, String why) {
      strangers.leave(context);
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
    private final int lane;
    private Handshake handshake;

    Connector(Membership self, Collective collective, Endpoint endpoint, int peer, int lane) {
      super(self, collective, endpoint, Handshake.NONCE_BYTES);
      this.monitor = collective.monitor();
      this.peer = peer;
      this.lane = lane;
    }

    @Override
    void read(ChannelHandlerContext context, byte[] message) {
      if (handshake == null) {
        handshake = Handshake.calling(self, endpoint, peer, lane, message);
        expect(Handshake.MAC_BYTES);
        var unused =
            context.writeAndFlush(
                Unpooled.wrappedBuffer(handshake.join(), handshake.proof(self, "join")));
        return;
      }
      if (!handshake.isProof(self, "welcome", message)) {
        throw new ExchangeException("it does not hold the secret of this run");
      }
      complete(context, handshake, peer, lane, true);
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
