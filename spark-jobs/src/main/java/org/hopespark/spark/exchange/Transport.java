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
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A worker's port. Bound first and published second, so that no other process can take it in
 * between; then {@link #connect} links this rank with all others: it calls those of lower rank and
 * is called by those of higher rank.
 */
public final class Transport implements AutoCloseable {
  private static final int RECEIVE_BYTES = 256 << 10;
  private static final WriteBufferWaterMark QUEUED = new WriteBufferWaterMark(2 << 20, 4 << 20);

  private final Membership self;
  private final String host;
  private final Monitor monitor;
  private final EventLoopGroup threads;
  private final Collective collective;
  private final Channel listener;

  private Transport(Membership self, String host, Duration timeout) {
    this.self = self;
    this.host = host;
    this.monitor = new Monitor(timeout);
    this.threads = new NioEventLoopGroup(1, new DefaultThreadFactory("hope-exchange", true));
    this.collective = new Collective(self, threads, monitor);
    ChannelFuture bound = listen();
    if (!bound.isSuccess()) {
      collective.close();
      throw new ExchangeException(
          "Cannot bind a port on %s: %s. Check the host name that Spark advertises."
              .formatted(host, bound.cause().getMessage()),
          bound.cause());
    }
    this.listener = bound.channel();
  }

  /**
   * Binds a free port.
   *
   * @param host the name or address that peers reach this worker by
   * @param timeout longest time without a byte moved, in every later wait
   * @throws ExchangeException if {@code host} is not an address of this machine
   */
  public static Transport bind(Membership self, String host, Duration timeout) {
    return new Transport(self, host, timeout);
  }

  private ChannelFuture listen() {
    return new ServerBootstrap()
        .group(threads)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, Math.max(128, self.size()))
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .childOption(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUED)
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(new Greeter.Acceptor(self, collective));
              }
            })
        .bind(new InetSocketAddress(host, 0))
        .awaitUninterruptibly();
  }

  /** What peers need, for the rendezvous: {@code "<rank> <host> <port>"}. */
  public String address() {
    return "%d %s %d"
        .formatted(self.rank(), host, ((InetSocketAddress) listener.localAddress()).getPort());
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
        call(peer, new InetSocketAddress(fields[1], Integer.parseInt(fields[2])));
      }
    }
    while (true) {
      long seen = monitor.version();
      monitor.throwIfFailed();
      if (collective.isComplete()) {
        var unused = listener.close();
        return collective;
      }
      monitor.awaitChange(seen, () -> "the meeting of " + self.size() + " workers");
    }
  }

  private void call(int peer, InetSocketAddress address) {
    new Bootstrap()
        .group(threads)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUED)
        .handler(new Greeter.Connector(self, collective, peer))
        .connect(address)
        .addListener(
            (ChannelFuture connected) -> {
              if (!connected.isSuccess()) {
                monitor.fail(
                    new ExchangeException(
                        "Cannot join rank %d at %s: %s."
                            .formatted(peer, address, connected.cause().getMessage()),
                        connected.cause()));
              }
            });
  }

  @Override
  public void close() {
    collective.close();
  }
}
