// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * What the tokens of one chunk give to every memory that writes: keys and values of length one,
 * write rates and retentions, with the gradients that come back from all of them.
 */
final class ChunkInputs {
  /** Keys and values, C x d. */
  final Matrix k;

  final Matrix v;
  final Matrix dK;
  final Matrix dV;

  /** How the writes of W2 bear on each other, at the rate {@code w2-rate eta}. */
  final DeltaTriangle keys;

  /** Write rate eta of each token. */
  final float[] eta;

  final float[] dEta;
  final Retention retention;
  int n;

  private final Matrix products;
  private final Gemm gemm;

  private final float w2Rate;

  ChunkInputs(int chunk, int width, MemoryConfig config, Gemm gemm, Arena scratch) {
    this.gemm = gemm;
    w2Rate = (float) config.w2Rate();
    keys = new DeltaTriangle(chunk, config.dgd(), gemm, scratch);
    k = Matrix.unplaced(chunk, width, width);
    v = Matrix.unplaced(chunk, width, width);
    dK = Matrix.unplaced(chunk, width, width);
    dV = Matrix.unplaced(chunk, width, width);
    products = scratch.matrix(chunk, chunk);
    eta = new float[chunk];
    dEta = new float[chunk];
    retention = new Retention(chunk, config.momentum());
  }

  /**
   * Prepares the {@code n} tokens whose keys and values the windows show; rates stand at {@code
   * etas, alphas[at..]}.
   */
  void prepare(float[] etas, float[] alphas, int at, int n) {
    this.n = n;
    k.limit(n);
    v.limit(n);
    dK.limit(n);
    dV.limit(n);
    System.arraycopy(etas, at, eta, 0, n);
    Arrays.fill(dEta, 0, n, 0);
    retention.forward(alphas, at, n);
    Tiles.scaledCopy(keys.rate, w2Rate, eta, 0, n);
    if (keys.delta()) {
      products.square(n);
      gemm.nt(1, k, k, 0, products);
      products.load(keys.products);
    }
    keys.prepare(retention, n);
  }
}
