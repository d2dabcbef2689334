// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * The inverse of a unit lower triangle {@code T = I + L}, so that a solve, its adjoint, and solves
 * with the same triangle for other memories are one product each. OpenBLAS solves with 64 columns
 * at a fifth of the speed of such a product.
 *
 * <p>Blocks on the diagonal are inverted by substitution; two neighbours and the block below them
 * then make one of twice the size: {@code X21 = -X22 L21 X11}.
 */
final class UnitTriangle {
  private static final RowMath MATH = RowMaths.chosen();
  private static final int BLOCK = 16;

  /** The inverse after {@link #invert}: n x n, lower, ones on the diagonal. */
  final Matrix inverse;

  private final Gemm gemm;
  private final Matrix lower;
  private final Matrix product;
  private final float[] tile;
  private final Matrix first = Matrix.unplaced(0, 0, 0);
  private final Matrix second = Matrix.unplaced(0, 0, 0);
  private final Matrix below = Matrix.unplaced(0, 0, 0);
  private final Matrix belowInverse = Matrix.unplaced(0, 0, 0);

  UnitTriangle(int chunk, Gemm gemm, Arena scratch) {
    this.gemm = gemm;
    inverse = scratch.matrix(chunk, chunk);
    lower = scratch.matrix(chunk, chunk);
    product = scratch.matrix(chunk, chunk);
    tile = new float[chunk * chunk];
  }

  /** Inverts {@code I + L} for the strictly lower part of the n x n values {@code l}. */
  void invert(float[] l, int n) {
    lower.square(n).store(l);
    inverse.square(n);
    Arrays.fill(tile, 0, n * n, 0);
    for (int from = 0; from < n; from += BLOCK) {
      substitute(l, n, from, Math.min(n, from + BLOCK));
    }
    inverse.store(tile);
    for (int size = BLOCK; size < n; size *= 2) {
      for (int from = 0; from + size < n; from += 2 * size) {
        merge(from, size, Math.min(size, n - from - size));
      }
    }
  }

  // X_ij = -sum_{j<=k<i} L_ik X_kj below the diagonal of one block, row by row.
  private void substitute(float[] l, int n, int from, int to) {
    for (int i = from; i < to; i++) {
      tile[i * n + i] = 1;
      for (int k = from; k < i; k++) {
        // To the block's end rather than to k: what lies beyond k is zero, and one vector long.
        MATH.addScaled(tile, i * n + from, -l[i * n + k], tile, k * n + from, to - from);
      }
    }
  }

  private void merge(int from, int size, int rest) {
    int middle = from + size;
    first.blockOf(inverse, from, from, size, size);
    second.blockOf(inverse, middle, middle, rest, rest);
    below.blockOf(lower, middle, from, rest, size);
    belowInverse.blockOf(inverse, middle, from, rest, size);
    product.packed(rest, size);
    gemm.nn(1, below, first, 0, product);
    gemm.nn(-1, second, product, 0, belowInverse);
  }
}
