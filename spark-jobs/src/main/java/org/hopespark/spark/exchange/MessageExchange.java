// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** A few bytes of every rank go to all others, a frame each. */
final class MessageExchange extends Operation {
  /** What a rank accepts from a peer. */
  static final int MAX_BYTES = 16 << 20;

  private final ByteBuffer own;
  private final byte[][] messages;

  MessageExchange(SyncPoint point, long sequence, Peers peers, byte[] message, Landing own) {
    super(FrameHeader.Kind.MESSAGE, point, sequence, peers);
    this.own = own.room(message.length).put(message).flip();
    this.messages = new byte[size][];
    this.messages[rank] = message.clone();
  }

  /** By rank; after {@link #run}. */
  List<byte[]> messages() {
    return Arrays.asList(messages);
  }

  @Override
  int framesTo(int peer) {
    return 1;
  }

  @Override
  int framesFrom(int peer) {
    return 1;
  }

  @Override
  int lengthFrom(int peer, int frame) {
    return -1;
  }

  @Override
  Payload payload(int peer, int frame) {
    return Payload.of(own.slice());
  }

  @Override
  boolean work() {
    return false;
  }

  @Override
  boolean isWorkDone() {
    return true;
  }

  @Override
  ByteBuffer room(int peer, int frame, int length, Landing landing) {
    if (length < 0 || length > MAX_BYTES) {
      throw new ExchangeException(
          "Lost rank %d: its message of %d bytes is longer than %d."
              .formatted(peer, length, MAX_BYTES));
    }
    return landing.room(length);
  }

  @Override
  void landed(int peer, int frame, ByteBuffer payload, Landing landing) {
    byte[] message = new byte[payload.remaining()];
    payload.get(message);
    messages[peer] = message;
  }
}
