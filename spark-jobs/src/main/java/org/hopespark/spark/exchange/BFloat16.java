// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Rounds float32 to bfloat16 and back, a tile at a time. A tile of m numbers travels as m/2 ints,
 * the first half of the tile in their lower 16 bits and the second half in their upper ones, then
 * an odd number as a short: whole-int operations are what HotSpot makes vector instructions of.
 * Payloads start at a multiple of {@link #TILE}. Not for two threads at once.
 */
final class BFloat16 {
  static final int TILE = 2048;

  private static final int UPPER = 0xFFFF0000;

  private final int[] values = new int[TILE];
  private final int[] packed = new int[TILE / 2];
  private final ByteBuffer cast =
      ByteBuffer.allocateDirect(TILE * Float.BYTES).order(ByteOrder.nativeOrder());
  private final IntBuffer castInts = cast.asIntBuffer();
  private final FloatBuffer castFloats = cast.asFloatBuffer();

  /** Writes all of {@code floats} to the start of {@code out}. */
  void encode(ByteBuffer floats, ByteBuffer out) {
    IntBuffer source = ints(floats);
    int length = source.capacity();
    for (int at = 0; at < length; at += TILE) {
      int n = Math.min(TILE, length - at);
      source.get(at, values, 0, n);
      round(values, n);
      pack(n);
      ints(out.slice(at * Short.BYTES, n / 2 * Integer.BYTES)).put(0, packed, 0, n / 2);
      if (n % 2 == 1) {
        out.order(ByteOrder.nativeOrder())
            .putShort((at + n - 1) * Short.BYTES, (short) (values[n - 1] >>> 16));
      }
    }
  }

  /** Fills all of {@code floats} from the start of {@code in}. */
  void decode(ByteBuffer in, ByteBuffer floats) {
    IntBuffer target = ints(floats);
    int length = target.capacity();
    for (int at = 0; at < length; at += TILE) {
      int n = Math.min(TILE, length - at);
      unpack(in, at, n);
      target.put(at, values, 0, n);
    }
  }

  /** Reads the {@code n} numbers of the tile that begins at number {@code at} of {@code in}. */
  void decodeTile(ByteBuffer in, int at, float[] out, int n) {
    unpack(in, at, n);
    castInts.put(0, values, 0, n);
    castFloats.get(0, out, 0, n);
  }

  /** Reads {@code n} floats from {@code at} of {@code floats} as a peer would receive them. */
  void roundTile(ByteBuffer floats, int at, float[] out, int n) {
    ints(floats).get(at, values, 0, n);
    round(values, n);
    castInts.put(0, values, 0, n);
    castFloats.get(0, out, 0, n);
  }

  /** Rounds all of {@code floats} where they are. */
  void round(ByteBuffer floats) {
    IntBuffer target = ints(floats);
    int length = target.capacity();
    for (int at = 0; at < length; at += TILE) {
      int n = Math.min(TILE, length - at);
      target.get(at, values, 0, n);
      round(values, n);
      target.put(at, values, 0, n);
    }
  }

  private void pack(int n) {
    int half = n / 2;
    for (int i = 0; i < half; i++) {
      packed[i] = (values[i] >>> 16) | (values[half + i] & UPPER);
    }
  }

  private void unpack(ByteBuffer in, int at, int n) {
    int half = n / 2;
    ints(in.slice(at * Short.BYTES, half * Integer.BYTES)).get(0, packed, 0, half);
    for (int i = 0; i < half; i++) {
      values[i] = packed[i] << 16;
    }
    for (int i = 0; i < half; i++) {
      values[half + i] = packed[i] & UPPER;
    }
    if (n % 2 == 1) {
      in.order(ByteOrder.nativeOrder());
      values[n - 1] = in.getShort((at + n - 1) * Short.BYTES) << 16;
    }
  }

  /** The bits of float32 numbers to those of the nearest with 16 zeros at the end. */
  private static void round(int[] bits, int n) {
    for (int i = 0; i < n; i++) {
      int x = bits[i];
      // All ones for NaN, whose payload could otherwise round up to infinity or to zero.
      int nan = (0x7F800000 - (x & 0x7FFFFFFF)) >> 31;
      int nearest = x + 0x7FFF + ((x >>> 16) & 1);
      bits[i] = ((nearest & ~nan) | ((x | 0x00400000) & nan)) & UPPER;
    }
  }

  private static IntBuffer ints(ByteBuffer bytes) {
    return bytes.slice().order(ByteOrder.nativeOrder()).asIntBuffer();
  }
}
