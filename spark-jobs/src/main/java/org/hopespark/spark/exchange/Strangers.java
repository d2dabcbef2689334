// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Connections that have not proved themselves. Each has a few seconds; when too many wait, the one
 * that has waited longest goes, so nobody can hold the door shut by standing in it.
 */
final class Strangers {
  private static final int SPARE = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final int room;
  private final Duration patience;
  private final Deque<Channel> waiting = new ArrayDeque<>();

  /**
   * @param expected connections that peers may open at once
   * @param timeout of the meeting; nobody waits longer
   */
  Strangers(int expected, Duration timeout) {
    this.room = expected + SPARE;
    this.patience = timeout.compareTo(PATIENCE) < 0 ? timeout : PATIENCE;
  }

  void enter(ChannelHandlerContext context, Greeter greeter) {
    Channel oldest = null;
    synchronized (waiting) {
      waiting.add(context.channel());
      if (waiting.size() > room) {
        oldest = waiting.poll();
      }
    }
    if (oldest != null) {
      var unused = oldest.close();
    }
    var unused =
        context
            .executor()
            .schedule(() -> greeter.outstay(context), patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** It has proved itself, or gone. */
  void leave(ChannelHandlerContext context) {
    synchronized (waiting) {
      var unused = waiting.remove(context.channel());
    }
  }

  /** Everyone who was expected is here. */
  void dismiss() {
    synchronized (waiting) {
      for (Channel channel : waiting) {
        var unused = channel.close();
      }
      waiting.clear();
    }
  }
}
