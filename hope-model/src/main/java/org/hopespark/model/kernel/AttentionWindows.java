// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Matrix;

/**
 * Where one head of one sequence finds its queries, keys and values and leaves its output, or the
 * gradients of all four: T x d windows into rows of all heads.
 */
public final class AttentionWindows {
  final Matrix q;
  final Matrix k;
  final Matrix v;
  final Matrix out;

  /** Windows of {@code width} columns into rows of {@code 3 dim} and {@code dim} columns. */
  public AttentionWindows(int tokens, int width, int dim) {
    q = Matrix.unplaced(tokens, width, 3 * dim);
    k = Matrix.unplaced(tokens, width, 3 * dim);
    v = Matrix.unplaced(tokens, width, 3 * dim);
    out = Matrix.unplaced(tokens, width, dim);
  }

  /**
   * Points the windows at one sequence and head.
   *
   * @param inputs rows [q, k, v], each D wide
   * @param outputs rows D wide
   * @param row first token of the sequence
   * @param column first column of the head
   */
  public AttentionWindows moveTo(Matrix inputs, Matrix outputs, int row, int column) {
    int dim = outputs.columns();
    long input = inputs.offset() + (long) row * inputs.columns() + column;
    q.moveTo(inputs.slab(), input);
    k.moveTo(inputs.slab(), input + dim);
    v.moveTo(inputs.slab(), input + 2L * dim);
    out.moveTo(outputs.slab(), outputs.offset() + (long) row * dim + column);
    return this;
  }
}
