// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * What a frame carries.
 *
 * @param bytes direct; from its position to its limit
 * @param pooled holds {@code bytes} until they are sent; null for memory of the caller, which stays
 *     as it is until then
 */
record Payload(ByteBuffer bytes, ByteBuf pooled) {
  static final Payload NOTHING = new Payload(ByteBuffer.allocate(0), null);

  static Payload of(ByteBuffer bytes) {
    return new Payload(bytes, null);
  }

  void free() {
    if (pooled != null) {
      pooled.release();
    }
  }
}
