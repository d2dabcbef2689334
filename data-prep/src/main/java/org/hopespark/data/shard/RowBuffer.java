// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The columns of one record batch while it grows, in the bytes that Arrow wants. */
final class RowBuffer {
  private static final int INITIAL_BYTES = 1 << 16;

  private final int tokenBytes;
  private byte[] values = new byte[INITIAL_BYTES];
  private ByteBuffer offsets = littleEndian(INITIAL_BYTES);
  private ByteBuffer ids = littleEndian(INITIAL_BYTES);
  private ByteBuffer domains = littleEndian(INITIAL_BYTES);
  private int valuesBytes;
  private int documents;

  RowBuffer(int tokenBytes) {
    this.tokenBytes = tokenBytes;
    clear();
  }

  void add(byte[] id, short domain, byte[] tokens) {
    int needed = Math.addExact(valuesBytes, tokens.length);
    if (needed > values.length) {
      values = Arrays.copyOf(values, (int) Math.min(Integer.MAX_VALUE - 8, 2L * needed));
    }

    System.arraycopy(tokens, 0, values, valuesBytes, tokens.length);
    valuesBytes = needed;
    offsets = room(offsets, Integer.BYTES).putInt(tokens());
    ids = room(ids, id.length).put(id);
    domains = room(domains, Short.BYTES).putShort(domain);
    documents++;
  }

  void clear() {
    valuesBytes = 0;
    documents = 0;
    offsets.clear().putInt(0);
    ids.clear();
    domains.clear();
  }

  int documents() {
    return documents;
  }

  int tokens() {
    return valuesBytes / tokenBytes;
  }

  ByteBuffer values() {
    return ByteBuffer.wrap(values, 0, valuesBytes);
  }

  ByteBuffer offsets() {
    return offsets.duplicate().flip();
  }

  ByteBuffer ids() {
    return ids.duplicate().flip();
  }

  ByteBuffer domains() {
    return domains.duplicate().flip();
  }

  private static ByteBuffer room(ByteBuffer buffer, int bytes) {
    if (buffer.remaining() >= bytes) {
      return buffer;
    }

    return littleEndian(2 * buffer.capacity()).put(buffer.flip());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
