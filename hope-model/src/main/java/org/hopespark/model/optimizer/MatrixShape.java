// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import java.util.List;
import org.hopespark.model.tensor.TensorSpec;

/** Rows and columns of a matrix that is stepped as a whole. */
public record MatrixShape(int rows, int columns) {
  /** The last two axes; a tensor of three is a stack of such matrices. */
  static MatrixShape of(TensorSpec tensor) {
    List<Integer> shape = tensor.shape();
    return new MatrixShape(shape.get(shape.size() - 2), shape.get(shape.size() - 1));
  }

  long elements() {
    return (long) rows * columns;
  }
}
