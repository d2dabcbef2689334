// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Matrix;

/**
 * What the memories of one head tell one another about its tokens: q, k and v (in the cache), write
 * rates and retentions, and the gradients of all of them.
 */
final class HeadTokens {
  final HeadCache cache;

  /** Lengths that q, k and v had. Shape T each. */
  final float[][] lengths;

  final float[] eta;
  final float[] alpha;
  final float[] dEta;
  final float[] dAlpha;

  final Matrix dQ;
  final Matrix dK;
  final Matrix dV;

  private final float[][] scalars;
  private final float[] zeros;

  HeadTokens(HeadShape shape, Arena scratch) {
    int tokens = shape.tokens();
    cache = new HeadCache(shape);
    scalars = new float[5][tokens];
    lengths = new float[][] {scalars[0], scalars[1], scalars[2]};
    eta = scalars[3];
    alpha = scalars[4];
    dEta = new float[tokens];
    dAlpha = new float[tokens];
    dQ = scratch.matrix(tokens, shape.width());
    dK = scratch.matrix(tokens, shape.width());
    dV = scratch.matrix(tokens, shape.width());
    zeros = new float[tokens * shape.width()];
  }

  void store() {
    cache.storeScalars(scalars);
  }

  /** Clears all gradients, those of the head's inputs too. */
  void beginBackward(HeadWindows dIo) {
    cache.loadScalars(scalars);
    for (Matrix gradient : new Matrix[] {dQ, dK, dV, dIo.q, dIo.x, dIo.k, dIo.v}) {
      gradient.store(zeros);
    }
    Arrays.fill(dEta, 0);
    Arrays.fill(dAlpha, 0);
  }

  /** Shows the {@code n} tokens from {@code from} to the memories that write them. */
  void prepare(ChunkInputs inputs, int from, int n) {
    cache.keys(inputs.k, from, n);
    cache.values(inputs.v, from, n);
    rows(inputs.dK, dK, from, n);
    rows(inputs.dV, dV, from, n);
    inputs.prepare(eta, alpha, from, n);
  }

  /** Takes over the gradients of the rates; those of k and v are here already. */
  void finish(ChunkInputs inputs, int from) {
    inputs.retention.backward(dAlpha, from);
    Tiles.add(dEta, from, inputs.dEta, inputs.n);
  }

  /** Rows of q, k or v's gradient. */
  Matrix rows(Matrix window, Matrix gradient, int from, int n) {
    return window.rowsOf(gradient, from, n);
  }
}
