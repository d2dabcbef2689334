// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Sums contributions in the canonical tree over ranks: (0+1), (2+3), ..., then pairs of pairs; a
 * rank without a partner waits for the next round. With ranks holding blocks of virtual shards that
 * were summed by the same rule, the result is the same for every power of two of ranks. Numbers
 * pass through tiles that stay in the first-level cache.
 */
public final class TreeSum {
  private static final int TILE = BFloat16.TILE;

  private final int size;
  private final BFloat16 rounding;

  /** Sums of 2^k ranks each, k falling; the bits of the number of ranks read so far say which. */
  private final float[][] partial;

  TreeSum(int size, BFloat16 rounding) {
    this.size = size;
    this.rounding = rounding;
    this.partial = new float[Integer.SIZE - Integer.numberOfLeadingZeros(size)][TILE];
  }

  /** A sum of float32 over {@code size} ranks. */
  public static TreeSum ofFloats(int size) {
    return new TreeSum(size, new BFloat16());
  }

  /**
   * As {@link #sum(Wire, ByteBuffer, int, ByteBuffer[])}, for contributions that were sent as they
   * are.
   */
  public void sum(ByteBuffer own, int rank, ByteBuffer[] payloads) {
    sum(Wire.FLOAT32, own, rank, payloads);
  }

  BFloat16 rounding() {
    return rounding;
  }

  /**
   * Overwrites all of {@code own}, float32, with the sum.
   *
   * @param payloads of the other ranks, as they came from the wire; the entry of {@code rank} is
   *     not read
   */
  void sum(Wire wire, ByteBuffer own, int rank, ByteBuffer[] payloads) {
    FloatBuffer[] floats = new FloatBuffer[size];
    for (int r = 0; r < size; r++) {
      floats[r] = floats(r == rank ? own : payloads[r]);
    }
    int length = floats[rank].capacity();
    for (int at = 0; at < length; at += TILE) {
      int n = Math.min(TILE, length - at);
      int depth = 0;
      for (int r = 0; r < size; r++) {
        float[] tile = partial[depth++];
        if (wire == Wire.FLOAT32) {
          floats[r].get(at, tile, 0, n);
        } else if (r == rank) {
          rounding.roundTile(own, at, tile, n);
        } else {
          rounding.decodeTile(payloads[r], at, tile, n);
        }
        for (int pairs = r; (pairs & 1) == 1; pairs >>= 1) {
          depth--;
          add(partial[depth - 1], partial[depth], n);
        }
      }
      while (depth > 1) {
        depth--;
        add(partial[depth - 1], partial[depth], n);
      }
      floats[rank].put(at, partial[0], 0, n);
    }
  }

  private static void add(float[] left, float[] right, int length) {
    for (int i = 0; i < length; i++) {
      left[i] += right[i];
    }
  }

  private static FloatBuffer floats(ByteBuffer bytes) {
    return bytes.slice().order(ByteOrder.nativeOrder()).asFloatBuffer();
  }
}
