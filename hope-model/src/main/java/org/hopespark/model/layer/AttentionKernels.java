// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.kernel.AttentionWindows;
import org.hopespark.model.kernel.CausalAttention;
import org.hopespark.model.kernel.CausalConvolution;
import org.hopespark.model.kernel.RmsNorm;
import org.hopespark.model.kernel.RotaryEmbedding;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * Kernels and scratch that the attention of all blocks shares, because one thread runs them one
 * after the other. The scratch given (B T x D) is free between two layers.
 */
final class AttentionKernels {
  final Gemm gemm;
  final RmsNorm norm;
  final CausalConvolution convolution;
  final RotaryEmbedding rotary;
  final CausalAttention attention;
  final AttentionWindows io;
  final AttentionWindows dIo;
  final Matrix queriesAndKeys = Matrix.unplaced(0, 0, 0);
  final Matrix dRows;
  final Matrix dMore;
  final Matrix dProjected;

  AttentionKernels(
      ModelConfig model, int sequences, int tokens, Gemm gemm, Matrix scratch, Arena arena) {
    arena.part(Arena.Part.SCRATCH);
    int dim = model.dim();
    int width = model.headWidth();
    this.gemm = gemm;
    norm = new RmsNorm(dim);
    convolution = new CausalConvolution(tokens, dim, model.attention().convolution());
    rotary = new RotaryEmbedding(tokens, 2 * dim, width, model.attention().ropeBase());
    attention = new CausalAttention(tokens, width, gemm, arena);
    io = new AttentionWindows(tokens, width, dim);
    dIo = new AttentionWindows(tokens, width, dim);
    dRows = scratch;
    dMore = arena.matrix(sequences * tokens, dim);
    dProjected = arena.matrix(sequences * tokens, 3 * dim);
  }
}
