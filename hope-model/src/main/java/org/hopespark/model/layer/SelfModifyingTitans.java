// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.kernel.HeadMemories;
import org.hopespark.model.kernel.HeadStates;
import org.hopespark.model.kernel.HeadWindows;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.ParameterWindows;

/**
 * Self-modifying Titans on the residual stream (Eq. 94 to 96): {@code x += W_o(gate (.)
 * norm(memories(conv(norm(x)))))}.
 *
 * <p>The convolution of the normed stream feeds up to five matrices: queries, inputs of M_eta and
 * M_alpha, keys, values, gate; each is cut into heads. The memories' outputs are normed per head.
 * Rows are the tokens of B sequences, one after the other.
 */
final class SelfModifyingTitans implements ResidualLayer {
  private final int dim;
  private final int heads;
  private final int sequences;
  private final int tokens;
  private final boolean hasGate;
  private final long cacheSize;
  private final TitansKernels kernels;

  private final Matrix norm;
  private final Matrix dNorm;
  private final InputConvolution convolution;
  private final Matrix inputs;
  private final Matrix dInputs;
  private final Matrix outputNorm;
  private final Matrix dOutputNorm;
  private final Matrix output;
  private final Matrix dOutput;
  private final Matrix memories;
  private final Matrix dMemories;

  // Kept from forward to backward.
  final Matrix in;
  private final Matrix normed;
  final Matrix projected;
  final Matrix memoryOut;
  private final Matrix memoryNormed;
  private final Matrix gated;
  private final long caches;
  Matrix mixed;

  SelfModifyingTitans(
      ModelConfig model,
      int block,
      int sequences,
      int tokens,
      TitansKernels kernels,
      ParameterWindows parameters,
      Arena arena) {
    arena.part(Arena.Part.TITANS);
    this.dim = model.dim();
    this.heads = model.heads();
    this.sequences = sequences;
    this.tokens = tokens;
    this.kernels = kernels;
    hasGate = model.memory().gate();
    int numInputs = model.memory().inputs().size();
    String prefix = "blocks." + block + ".titans.";
    int width = model.headWidth();
    norm = parameters.weight(prefix + "norm.weight", 1, dim);
    dNorm = parameters.gradient(prefix + "norm.weight", 1, dim);
    convolution =
        new InputConvolution(
            prefix + "convolution.weight",
            model.memory().convolution(),
            dim,
            sequences,
            tokens,
            kernels.convolution,
            parameters,
            arena);
    inputs = parameters.weight(prefix + "inputs.q.weight", numInputs * dim, dim);
    dInputs = parameters.gradient(prefix + "inputs.q.weight", numInputs * dim, dim);
    outputNorm = parameters.weight(prefix + "output-norm.weight", 1, width);
    dOutputNorm = parameters.gradient(prefix + "output-norm.weight", 1, width);
    output = parameters.weight(prefix + "output.weight", dim, dim);
    dOutput = parameters.gradient(prefix + "output.weight", dim, dim);
    String first = prefix + "memories." + model.memory().memories().get(0) + ".w1";
    memories = parameters.weight(first, 1, 1);
    dMemories = parameters.gradient(first, 1, 1);

    int rows = sequences * tokens;
    in = arena.matrix(rows, dim);
    normed = arena.matrix(rows, dim);
    projected = arena.matrix(rows, numInputs * dim);
    memoryOut = arena.matrix(rows, dim);
    memoryNormed = arena.matrix(rows, dim);
    gated = hasGate ? arena.matrix(rows, dim) : memoryNormed;
    cacheSize = HeadMemories.cacheSize(model, tokens);
    // One range: the states lie among the rest, and are only counted apart.
    long states = HeadMemories.statesSize(model, tokens);
    caches = arena.reserve((long) sequences * heads * (cacheSize - states));
    arena.part(Arena.Part.MEMORY_STATES).reserve((long) sequences * heads * states);
  }

  @Override
  public void forward(Matrix stream) {
    in.copy(stream);
    kernels.norm.forward(in, norm, normed);
    mixed = convolution.forward(normed);
    kernels.gemm.nt(1, mixed, inputs, 0, projected);
    for (int b = 0; b < sequences; b++) {
      for (int head = 0; head < heads; head++) {
        kernels.memories.forward(
            initial(kernels.states, memories, head),
            io(kernels.io, projected, memoryOut, b, head),
            in.slab(),
            cache(b, head));
      }
    }
    kernels.headNorm.forward(
        byHead(memoryOut, kernels.first), outputNorm, byHead(memoryNormed, kernels.second));
    if (hasGate) {
      kernels.gate.forward(memoryNormed, gate(projected, kernels.first), gated);
    }
    kernels.gemm.nt(1, gated, output, 1, stream);
  }

  @Override
  public void backward(Matrix dStream) {
    Matrix dRows = kernels.dRows;
    Matrix dMore = kernels.dMore;
    Matrix dProjected = kernels.dProjected;
    kernels.gemm.tn(1, dStream, gated, 1, dOutput);
    kernels.gemm.nn(1, dStream, output, 0, dRows);
    if (hasGate) {
      kernels.gate.backward(
          memoryNormed,
          gate(projected, kernels.first),
          dRows,
          dMore,
          gate(dProjected, kernels.second));
    } else {
      dMore.copy(dRows);
    }
    dRows.slab().clear(dRows.offset(), (long) dRows.rows() * dim);
    kernels.headNorm.backward(
        byHead(memoryOut, kernels.first),
        outputNorm,
        byHead(dMore, kernels.second),
        dOutputNorm,
        byHead(dRows, kernels.third));
    for (int b = 0; b < sequences; b++) {
      for (int head = 0; head < heads; head++) {
        kernels.memories.backward(
            io(kernels.io, projected, memoryOut, b, head),
            io(kernels.dIo, dProjected, dRows, b, head),
            initial(kernels.dStates, dMemories, head),
            in.slab(),
            cache(b, head));
      }
    }
    kernels.gemm.tn(1, dProjected, mixed, 1, dInputs);
    kernels.gemm.nn(1, dProjected, inputs, 0, dRows);
    Matrix dNormed = convolution.backward(normed, dRows, dMore);
    kernels.norm.backward(in, norm, dNormed, dNorm, dStream);
  }

  private HeadWindows io(
      HeadWindows windows, Matrix inputs, Matrix outputs, int sequence, int head) {
    return windows.moveTo(inputs, outputs, sequence * tokens, head * (dim / heads), dim);
  }

  private HeadStates initial(HeadStates states, Matrix firstMemory, int head) {
    return states.moveTo(firstMemory.slab(), firstMemory.offset(), head, heads);
  }

  long cache(int sequence, int head) {
    return caches + ((long) sequence * heads + head) * cacheSize;
  }

  // The same elements as rows of one head each.
  private Matrix byHead(Matrix rows, Matrix window) {
    return window.reshaped(rows, rows.rows() * heads, dim / heads);
  }

  private Matrix gate(Matrix inputs, Matrix window) {
    return window.columnsOf(inputs, inputs.columns() - dim, dim);
  }
}
