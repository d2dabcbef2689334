// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

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

  /**
   * {@code inputStride} and {@code outputStride} are the widths of the rows that the windows cut
   * from.
   */
  public HeadWindows(int tokens, int width, int inputStride, int outputStride) {
    q = Matrix.unplaced(tokens, width, inputStride);
    x = Matrix.unplaced(tokens, width, inputStride);
    k = Matrix.unplaced(tokens, width, inputStride);
    v = Matrix.unplaced(tokens, width, inputStride);
    out = Matrix.unplaced(tokens, width, outputStride);
  }

  /**
   * Points the windows at one sequence and head.
   *
   * @param inputs rows [q, x, k, v, gate], each {@code dim} wide
   * @param outputs rows {@code dim} wide
   * @param row first token of the sequence
   * @param column first column of the head
   */
  public HeadWindows moveTo(Matrix inputs, Matrix outputs, int row, int column, int dim) {
    long input = inputs.offset() + (long) row * inputs.columns() + column;
    q.moveTo(inputs.slab(), input);
    x.moveTo(inputs.slab(), input + dim);
    k.moveTo(inputs.slab(), input + 2L * dim);
    v.moveTo(inputs.slab(), input + 3L * dim);
    out.moveTo(outputs.slab(), outputs.offset() + (long) row * outputs.columns() + column);
    return this;
  }
}
