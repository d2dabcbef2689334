// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;

/**
 * Memory of one thread for what is not, or no longer, in the form that the caller's memory holds.
 */
final class Landing {
  private final BFloat16 rounding = new BFloat16();
  private ByteBuffer memory = ByteBuffer.allocateDirect(0);

  /** The first {@code bytes} of this memory, valid until the next call. */
  ByteBuffer room(int bytes) {
    if (memory.capacity() < bytes) {
      memory = ByteBuffer.allocateDirect(bytes);
    }
    return memory.slice(0, bytes);
  }

  BFloat16 rounding() {
    return rounding;
  }
}
