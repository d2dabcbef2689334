// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;

/**
 * A worker's port. Bound first and published second, so that no other process can take it in
 * between; then {@link #connect} links this rank with all others: it calls those of lower rank and
 * is called by those of higher rank.
 */
public final class Transport implements AutoCloseable {
  private static final int THREADS = 1;

  /** A frame or two per lane wait in memory; whatever is beyond waits where it comes from. */
  private static final WriteBufferWaterMark QUEUED = new WriteBufferWaterMark(1 << 20, 1 << 20);

  private final Membership self;
  private final Endpoint endpoint;
  private final Monitor monitor;
  private final EventLoopGroup threads;
  private final Collective collective;
  private final Strangers strangers;
  private final Channel listener;

  private Transport(Membership self, Endpoint endpoint) {
    this.self = self;
    this.endpoint = endpoint;
    this.monitor = new Monitor(endpoint.timeout());
    this.threads = new NioEventLoopGroup(THREADS, new DefaultThreadFactory("hope-exchange", true));
    this.collective = new Collective(self, threads, new Peers(self, endpoint.lanes(), monitor));
    this.strangers = new Strangers(self.size() * endpoint.lanes(), endpoint.timeout());
    try {
      this.listener = bind();
    } catch (ExchangeException e) {
      collective.close();
      throw e;
    }
  }

  /**
   * Binds the first free port of the endpoint.
   *
   * @throws UnreachableException if the host is not an address of this machine, or no port is free
   */
  public static Transport bind(Membership self, Endpoint endpoint) {
    return new Transport(self, endpoint);
  }

  private Channel bind() {
    for (int port = endpoint.firstPort(); ; port++) {
      ChannelFuture bound = listen(port);
      if (bound.isSuccess()) {
        return bound.channel();
      }
      Throwable cause = bound.cause();
      // An address that is not this machine's is a BindException too, and fails on every port.
      boolean taken = cause instanceof BindException && port > 0;
      if (!taken || port == endpoint.lastPort()) {
        throw new UnreachableException(cannotBind(cause), cause);
      }
    }
  }

  private String cannotBind(Throwable cause) {
    return endpoint.firstPort() == 0
        ? "Cannot bind a port on %s: %s. Check the host name that Spark advertises."
            .formatted(endpoint.host(), cause.getMessage())
        : "Cannot bind a port from %d to %d on %s: %s. Set sync.port, or spark.port.maxRetries higher, to a range with a free port for every worker of a host."
            .formatted(
                endpoint.firstPort(), endpoint.lastPort(), endpoint.host(), cause.getMessage());
  }

  private ChannelFuture listen(int port) {
    return new ServerBootstrap()
        .group(threads)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, Math.max(128, self.size() * endpoint.lanes()))
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUED)
        .childHandler(greeting(() -> new Greeter.Acceptor(self, collective, endpoint, strangers)))
        .bind(new InetSocketAddress(endpoint.host(), port))
        .awaitUninterruptibly();
  }

  private static ChannelInitializer<SocketChannel> greeting(Supplier<Greeter> greeter) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        Greeter first = greeter.get();
        var unused = channel.config().setRecvByteBufAllocator(first.intake());
        channel.pipeline().addLast(first);
      }
    };
  }

  /** What peers need, for the rendezvous: {@code "<rank> <host> <port>"}. */
  public String address() {
    return "%d %s %d"
        .formatted(
            self.rank(), endpoint.host(), ((InetSocketAddress) listener.localAddress()).getPort());
  }

  /**
   * Links this rank with every other.
   *
   * @param addresses what {@link #address} gave on every rank, in any order
   * @return to be closed by the caller; closing this transport closes it too
   * @throws ExchangeException if a peer refuses, or does not come before the deadline
   */
  public Collective connect(List<String> addresses) {
    monitor.progress();
    for (String address : addresses) {
      String[] fields = address.split(" ", -1);
      int peer = Integer.parseInt(fields[0]);
      if (peer < self.rank()) {
        for (int lane = 0; lane < endpoint.lanes(); lane++) {
          call(peer, lane, new InetSocketAddress(fields[1], Integer.parseInt(fields[2])));
        }
      }
    }
    while (true) {
      long seen = monitor.version();
      monitor.throwIfFailed();
      if (collective.isComplete()) {
        var unused = listener.close();
        strangers.dismiss();
        return collective;
      }
      monitor.awaitChange(
          seen, /* limited= */ true, () -> "the meeting of " + self.size() + " workers");
    }
  }

  private void call(int peer, int lane, InetSocketAddress address) {
    new Bootstrap()
        .group(threads)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, monitor.connectMillis())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUED)
        .handler(greeting(() -> new Greeter.Connector(self, collective, endpoint, peer, lane)))
        .connect(address)
        .addListener(
            (ChannelFuture connected) -> {
              if (!connected.isSuccess()) {
                monitor.fail(
                    new UnreachableException(
                        "Cannot reach rank %d at %s:%d from rank %d: %s. Let executors open connections to each other, or set sync.transport to rounds."
                            .formatted(
                                peer,
                                address.getHostString(),
                                address.getPort(),
                                self.rank(),
                                reason(connected.cause())),
                        connected.cause()));
              }
            });
  }

  /** Netty repeats the address in its messages. */
  private static String reason(Throwable cause) {
    if (cause instanceof UnknownHostException) {
      return "its host name does not resolve";
    }
    String message = String.valueOf(cause.getMessage());
    int address = message.indexOf(": ");
    return address < 0 ? message : message.substring(0, address);
  }

  @Override
  public void close() {
    collective.close();
  }
}
