// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;
import org.hopespark.model.tensor.Slab;

/** Squares of a gradient's elements. */
public final class GradientNorm {
  private static final RowMath MATH = RowMaths.chosen();
  // Sums of so many squares are float32, what gathers them is double.
  private static final int RUN = 256;

  private GradientNorm() {}

  /**
   * Sum of the squares of elements {@code from} to {@code to}, in one fixed order.
   *
   * @param tile scratch of any length that is a multiple of 256
   */
  public static double squares(Slab slab, long from, long to, float[] tile) {
    double squares = 0;
    for (long at = from; at < to; at += tile.length) {
      int n = (int) Math.min(tile.length, to - at);
      slab.read(at, tile, 0, n);
      for (int run = 0; run < n; run += RUN) {
        squares += MATH.dot(tile, run, tile, run, Math.min(RUN, n - run));
      }
    }
    return squares;
  }
}
