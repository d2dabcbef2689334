// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.tensor.Matrix;

/**
 * Where one head of one sequence finds its inputs and leaves its output, or the gradients of both:
 * T x d windows into rows of all heads.
 */
public final class HeadWindows {
  final Matrix q;
  final Matrix x;
  final Matrix k;
  final Matrix v;
  final Matrix out;
  private final boolean ownInputs;

  /** Windows of T tokens into rows of the model's inputs and outputs. */
  public HeadWindows(ModelConfig model, int tokens) {
    int width = model.headWidth();
    int inputStride = model.memory().inputs().size() * model.dim();
    int outputStride = model.dim();
    ownInputs = model.memory().ownInputs();
    q = Matrix.unplaced(tokens, width, inputStride);
    x = Matrix.unplaced(tokens, width, inputStride);
    k = Matrix.unplaced(tokens, width, inputStride);
    v = Matrix.unplaced(tokens, width, inputStride);
    out = Matrix.unplaced(tokens, width, outputStride);
  }

  /**
   * Points the windows at one sequence and head.
   *
   * @param inputs rows of what {@link MemoryConfig#inputs} names, each {@code dim} wide
   * @param outputs rows {@code dim} wide
   * @param row first token of the sequence
   * @param column first column of the head
   */
  public HeadWindows moveTo(Matrix inputs, Matrix outputs, int row, int column, int dim) {
    long input = inputs.offset() + (long) row * inputs.columns() + column;
    q.moveTo(inputs.slab(), input);
    x.moveTo(inputs.slab(), input + dim);
    // Without inputs of their own k and v show x's rows, whose gradients add up there.
    k.moveTo(inputs.slab(), input + (ownInputs ? 2L : 1L) * dim);
    v.moveTo(inputs.slab(), input + (ownInputs ? 3L : 1L) * dim);
    out.moveTo(outputs.slab(), outputs.offset() + (long) row * outputs.columns() + column);
    return this;
  }
}
