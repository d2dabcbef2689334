// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.tensor.Slab;

/**
 * Consecutive numbers of a level on their way through a shuffle, short enough that neither side
 * needs all of a slice at once to write or read it.
 *
 * @param from rank that sends it
 * @param level index of the level
 * @param at first element, counted from the first of the level
 * @param floats float32, as they lie in memory
 */
record RoundPart(int from, int level, long at, ByteBuffer floats) {
  static final int HEADER_BYTES = Integer.BYTES + Integer.BYTES + Long.BYTES;

  /** 4 MiB. */
  static final int ELEMENTS = 1 << 20;

  /** A part that is still to be sent. */
  record Address(int to, Level level, long at, int length) {}

  /** Parts of the slice of {@code owner}, addressed to {@code to}. */
  static List<Address> of(Level level, Slices slices, int owner, int to) {
    List<Address> parts = new ArrayList<>();
    long end = slices.start(owner) + slices.length(owner);
    for (long at = slices.start(owner); at < end; at += ELEMENTS) {
      parts.add(new Address(to, level, at, (int) Math.min(ELEMENTS, end - at)));
    }
    return parts;
  }

  /** Bytes of all headers of one averaging. */
  static long headers(Level level, Slices slices) {
    long parts = 0;
    for (int owner = 0; owner < slices.size(); owner++) {
      parts += of(level, slices, owner, owner).size();
    }
    return 2L * (slices.size() - 1) * parts * HEADER_BYTES;
  }

  static byte[] encode(int from, Address part, Slab slab) {
    return ByteBuffer.allocate(HEADER_BYTES + part.length() * Float.BYTES)
        .putInt(from)
        .putInt(part.level().index())
        .putLong(part.at())
        .put(slab.bytes(part.level().offset() + part.at(), part.length()))
        .array();
  }

  static RoundPart decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new RoundPart(
        buffer.getInt(),
        buffer.getInt(),
        buffer.getLong(),
        buffer.slice().order(ByteOrder.nativeOrder()));
  }

  int length() {
    return floats.remaining() / Float.BYTES;
  }
}
