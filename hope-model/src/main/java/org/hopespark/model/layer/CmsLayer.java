// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Matrix;

/**
 * One level of the Continuum Memory System in one block: a link of the chain of Eq. 70, {@code x +=
 * MLP_l(norm_l(x))}.
 */
final class CmsLayer implements ResidualLayer {
  private final CmsMlp mlp;
  // Kept from forward to backward.
  private final Matrix in;

  CmsLayer(CmsMlp mlp, int rows, int dim, Arena arena) {
    this.mlp = mlp;
    in = arena.part(Arena.Part.CMS).matrix(rows, dim);
  }

  @Override
  public void forward(Matrix stream) {
    in.copy(stream);
    mlp.forward(in, 1, stream);
  }

  @Override
  public void backward(Matrix dStream) {
    mlp.backward(in, dStream, dStream);
  }
}
