// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.kernel.CausalConvolution;
import org.hopespark.model.kernel.HeadMemories;
import org.hopespark.model.kernel.HeadStates;
import org.hopespark.model.kernel.HeadWindows;
import org.hopespark.model.kernel.OutputGate;
import org.hopespark.model.kernel.RmsNorm;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * Kernels and scratch that the Titans of all blocks share, because one thread runs them one after
 * the other. The scratch given (B T x D) is free between two layers.
 */
final class TitansKernels {
  final Gemm gemm;
  final RmsNorm norm;
  final RmsNorm headNorm;
  final CausalConvolution convolution;
  final OutputGate gate;
  final HeadMemories memories;
  final HeadWindows io;
  final HeadWindows dIo;
  final HeadStates states;
  final HeadStates dStates;
  final Matrix first = Matrix.unplaced(0, 0, 0);
  final Matrix second = Matrix.unplaced(0, 0, 0);
  final Matrix third = Matrix.unplaced(0, 0, 0);
  final Matrix dRows;
  final Matrix dMore;
  final Matrix dProjected;

  TitansKernels(
      ModelConfig model, int sequences, int tokens, Gemm gemm, Matrix scratch, Arena arena) {
    arena.part(Arena.Part.SCRATCH);
    int dim = model.dim();
    int width = model.headWidth();
    this.gemm = gemm;
    norm = new RmsNorm(dim);
    headNorm = new RmsNorm(width);
    convolution = new CausalConvolution(tokens, dim, model.memory().convolution());
    gate = new OutputGate(dim);
    memories = new HeadMemories(model, tokens, gemm, arena);
    io = new HeadWindows(model, tokens);
    dIo = new HeadWindows(model, tokens);
    states = new HeadStates(model);
    dStates = new HeadStates(model);
    dRows = scratch;
    dMore = arena.matrix(sequences * tokens, dim);
    dProjected = arena.matrix(sequences * tokens, model.memory().inputs().size() * dim);
  }
}
