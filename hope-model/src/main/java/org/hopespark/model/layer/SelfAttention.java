// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.kernel.AttentionWindows;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.ParameterWindows;

/**
 * Causal softmax attention on the residual stream: {@code x += W_o attention(rotary(q, k), v)} with
 * {@code [q, k, v] = W conv(norm(x))}. It stands where the Titans stand: with a CMS chain this is
 * Hope-Attention (8.3), with one MLP a Transformer++ (Touvron et al. 2023). Rows are the tokens of
 * B sequences, one after the other.
 */
final class SelfAttention implements ResidualLayer {
  private static final int INPUTS = 3;

  private final int dim;
  private final int heads;
  private final int sequences;
  private final int tokens;
  private final AttentionKernels kernels;

  private final Matrix norm;
  private final Matrix dNorm;
  private final InputConvolution convolution;
  private final Matrix inputs;
  private final Matrix dInputs;
  private final Matrix output;
  private final Matrix dOutput;

  // Kept from forward to backward.
  final Matrix in;
  private final Matrix normed;
  private final Matrix projected;
  final Matrix attended;
  private final float[] logSums;
  Matrix mixed;

  SelfAttention(
      ModelConfig model,
      int block,
      int sequences,
      int tokens,
      AttentionKernels kernels,
      ParameterWindows parameters,
      Arena arena) {
    arena.part(Arena.Part.ATTENTION);
    this.dim = model.dim();
    this.heads = model.heads();
    this.sequences = sequences;
    this.tokens = tokens;
    this.kernels = kernels;
    String prefix = "blocks." + block + ".attention.";
    norm = parameters.weight(prefix + "norm.weight", 1, dim);
    dNorm = parameters.gradient(prefix + "norm.weight", 1, dim);
    convolution =
        new InputConvolution(
            prefix + "convolution.weight",
            model.attention().convolution(),
            dim,
            sequences,
            tokens,
            kernels.convolution,
            parameters,
            arena);
    inputs = parameters.weight(prefix + "inputs.q.weight", INPUTS * dim, dim);
    dInputs = parameters.gradient(prefix + "inputs.q.weight", INPUTS * dim, dim);
    output = parameters.weight(prefix + "output.weight", dim, dim);
    dOutput = parameters.gradient(prefix + "output.weight", dim, dim);

    int rows = sequences * tokens;
    in = arena.matrix(rows, dim);
    normed = arena.matrix(rows, dim);
    projected = arena.matrix(rows, INPUTS * dim);
    attended = arena.matrix(rows, dim);
    logSums = new float[rows * heads];
  }

  @Override
  public void forward(Matrix stream) {
    in.copy(stream);
    kernels.norm.forward(in, norm, normed);
    mixed = convolution.forward(normed);
    kernels.gemm.nt(1, mixed, inputs, 0, projected);
    kernels.rotary.forward(queriesAndKeys(projected));
    for (int b = 0; b < sequences; b++) {
      for (int head = 0; head < heads; head++) {
        kernels.attention.forward(
            place(kernels.io, projected, attended, b, head), logSums, logSumsOf(b, head));
      }
    }
    kernels.gemm.nt(1, attended, output, 1, stream);
  }

  @Override
  public void backward(Matrix dStream) {
    Matrix dRows = kernels.dRows;
    Matrix dProjected = kernels.dProjected;
    kernels.gemm.tn(1, dStream, attended, 1, dOutput);
    kernels.gemm.nn(1, dStream, output, 0, dRows);
    for (int b = 0; b < sequences; b++) {
      for (int head = 0; head < heads; head++) {
        kernels.attention.backward(
            place(kernels.io, projected, attended, b, head),
            place(kernels.dIo, dProjected, dRows, b, head),
            logSums,
            logSumsOf(b, head));
      }
    }
    kernels.rotary.backward(queriesAndKeys(dProjected));
    kernels.gemm.tn(1, dProjected, mixed, 1, dInputs);
    kernels.gemm.nn(1, dProjected, inputs, 0, dRows);
    Matrix dNormed = convolution.backward(normed, dRows, kernels.dMore);
    kernels.norm.backward(in, norm, dNormed, dNorm, dStream);
  }

  private AttentionWindows place(
      AttentionWindows windows, Matrix inputs, Matrix outputs, int sequence, int head) {
    return windows.moveTo(inputs, outputs, sequence * tokens, head * (dim / heads));
  }

  private int logSumsOf(int sequence, int head) {
    return (sequence * heads + head) * tokens;
  }

  private Matrix queriesAndKeys(Matrix rows) {
    return kernels.queriesAndKeys.columnsOf(rows, 0, 2 * dim);
  }
}
