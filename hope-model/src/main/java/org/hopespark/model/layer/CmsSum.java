// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.kernel.WeightedRows;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.ParameterWindows;

/**
 * All levels of the Continuum Memory System of one block on the same input (Eq. 74): {@code x +=
 * sum_l w_l MLP_l(norm_l(x))}. A level's weight w belongs to the level, and starts at one: the MLPs
 * start small, so that the sum starts as the chain does.
 */
final class CmsSum implements ResidualLayer {
  private final CmsMlp[] mlps;
  private final Matrix[] weights;
  private final Matrix[] dWeights;
  private final WeightedRows rows;
  private final float[] one = new float[1];
  // Kept from forward to backward.
  private final Matrix in;
  private final Matrix dOut;

  /** {@code dOut} (rows x D) is scratch of the backward pass that the MLPs leave alone. */
  CmsSum(
      ModelConfig model,
      int block,
      CmsMlp[] mlps,
      WeightedRows weightedRows,
      Matrix dOut,
      ParameterWindows parameters,
      Arena arena) {
    this.mlps = mlps;
    this.dOut = dOut;
    this.rows = weightedRows;
    in = arena.part(Arena.Part.CMS).matrix(dOut.rows(), model.dim());
    weights = new Matrix[mlps.length];
    dWeights = new Matrix[mlps.length];
    for (int level = 0; level < mlps.length; level++) {
      String name = "blocks." + block + ".cms." + model.cms().get(level).name() + ".mix.weight";
      weights[level] = parameters.weight(name, 1, 1);
      dWeights[level] = parameters.gradient(name, 1, 1);
    }
  }

  @Override
  public void forward(Matrix stream) {
    in.copy(stream);
    for (int level = 0; level < mlps.length; level++) {
      mlps[level].forward(in, weight(level), stream);
    }
  }

  @Override
  public void backward(Matrix dStream) {
    dOut.copy(dStream);
    for (int level = 0; level < mlps.length; level++) {
      float gradient = mlps[level].backward(in, weight(level), dOut, dStream, rows);
      dWeights[level].load(one);
      one[0] += gradient;
      dWeights[level].store(one);
    }
  }

  private float weight(int level) {
    weights[level].load(one);
    return one[0];
  }
}
