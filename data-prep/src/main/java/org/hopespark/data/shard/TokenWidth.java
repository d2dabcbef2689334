// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** How a token id is stored: the narrowest of two widths that holds the vocabulary. */
public enum TokenWidth {
  UINT16(Short.BYTES),
  INT32(Integer.BYTES);

  private static final int MAX_UINT16_VOCABULARY = 1 << 16;

  private final int numBytes;

  TokenWidth(int numBytes) {
    this.numBytes = numBytes;
  }

  public static TokenWidth of(int vocabularySize) {
    return vocabularySize <= MAX_UINT16_VOCABULARY ? UINT16 : INT32;
  }

  public int numBytes() {
    return numBytes;
  }

  ArrowType type() {
    return new ArrowType.Int(numBytes * Byte.SIZE, /* isSigned= */ this == INT32);
  }

  /** The name in manifests, as NumPy and Arrow have it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The ids followed by {@code last}, little-endian. */
  public byte[] encode(int[] ids, int last) {
    byte[] bytes = new byte[Math.multiplyExact(ids.length + 1, numBytes)];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int id : ids) {
      put(out, id);
    }

    put(out, last);
    return bytes;
  }

  /** The id that starts at byte {@code at} of a little-endian buffer. */
  int decode(ByteBuffer in, int at) {
    return this == UINT16 ? in.getChar(at) : in.getInt(at);
  }

  private void put(ByteBuffer out, int id) {
    if (this == UINT16) {
      out.putShort((short) id);
    } else {
      out.putInt(id);
    }
  }
}
