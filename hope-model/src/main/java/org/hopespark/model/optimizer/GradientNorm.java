// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import org.hopespark.model.tensor.Slab;

/** Euclidean norm of a range, in double and in one fixed order. */
final class GradientNorm {
  private static final int TILE = 4096;

  private GradientNorm() {}

  static double of(Slab slab, long offset, long length) {
    float[] tile = new float[TILE];
    double squares = 0;
    for (long done = 0; done < length; done += TILE) {
      int n = (int) Math.min(TILE, length - done);
      slab.read(offset + done, tile, 0, n);
      for (int i = 0; i < n; i++) {
        squares += (double) tile[i] * tile[i];
      }
    }
    return Math.sqrt(squares);
  }
}
