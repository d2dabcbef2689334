// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.config.CmsLevelConfig;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.kernel.GatedUnit;
import org.hopespark.model.kernel.RmsNorm;
import org.hopespark.model.kernel.WeightedRows;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.ParameterWindows;

/**
 * The MLP of one level of the Continuum Memory System in one block, {@code MLP_l(norm_l(x))} with
 * SwiGLU (Shazeer 2020). Rows are the tokens of all sequences.
 */
final class CmsMlp {
  private final Gemm gemm;
  private final RmsNorm rmsNorm;
  private final GatedUnit unit;
  private final Matrix norm;
  private final Matrix dNorm;
  private final Matrix up;
  private final Matrix dUp;
  private final Matrix down;
  private final Matrix dDown;

  // Kept from forward to backward.
  private final Matrix normed;
  private final Matrix raised;
  private final Matrix gated;

  // Scratch of the backward pass.
  private final Matrix dNormed;
  private final Matrix dGated;

  CmsMlp(
      ModelConfig model,
      CmsLevelConfig level,
      int block,
      int rows,
      Gemm gemm,
      Matrix scratch,
      ParameterWindows parameters,
      Arena arena) {
    arena.part(Arena.Part.CMS);
    int dim = model.dim();
    int hidden = level.hidden(dim);
    this.gemm = gemm;
    rmsNorm = new RmsNorm(dim);
    unit = new GatedUnit(hidden);
    String prefix = "blocks." + block + ".cms." + level.name() + ".";
    norm = parameters.weight(prefix + "norm.weight", 1, dim);
    dNorm = parameters.gradient(prefix + "norm.weight", 1, dim);
    up = parameters.weight(prefix + "up.weight", 2 * hidden, dim);
    dUp = parameters.gradient(prefix + "up.weight", 2 * hidden, dim);
    down = parameters.weight(prefix + "down.weight", dim, hidden);
    dDown = parameters.gradient(prefix + "down.weight", dim, hidden);
    normed = arena.matrix(rows, dim);
    raised = arena.matrix(rows, 2 * hidden);
    gated = arena.matrix(rows, hidden);
    dNormed = scratch;
    dGated = arena.matrix(rows, hidden);
  }

  /** {@code out += weight MLP(norm(in))}, rows x D each. */
  void forward(Matrix in, float weight, Matrix out) {
    rmsNorm.forward(in, norm, normed);
    gemm.nt(1, normed, up, 0, raised);
    unit.forward(raised, gated);
    gemm.nt(weight, gated, down, 1, out);
  }

  /**
   * The adjoint of the last {@link #forward} with weight 1, to be run once: adds to {@code dIn},
   * which may be {@code dOut} itself, and to the parameters' gradients.
   */
  void backward(Matrix in, Matrix dOut, Matrix dIn) {
    gemm.tn(1, dOut, gated, 1, dDown);
    gemm.nn(1, dOut, down, 0, dGated);
    inward(in, dIn);
  }

  /** As {@link #backward(Matrix, Matrix, Matrix)} for any weight; returns its gradient. */
  float backward(Matrix in, float weight, Matrix dOut, Matrix dIn, WeightedRows gradients) {
    gemm.tn(weight, dOut, gated, 1, dDown);
    gemm.nn(1, dOut, down, 0, dGated);
    float gradient = gradients.ofWeight(gated, dGated, weight);
    inward(in, dIn);
    return gradient;
  }

  private void inward(Matrix in, Matrix dIn) {
    // The raised rows are not needed again: their gradient takes their place.
    unit.backward(raised, dGated);
    gemm.tn(1, raised, normed, 1, dUp);
    gemm.nn(1, raised, up, 0, dNormed);
    rmsNorm.backward(in, norm, dNormed, dNorm, dIn);
  }
}
