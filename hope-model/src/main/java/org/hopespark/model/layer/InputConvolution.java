// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.kernel.CausalConvolution;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.ParameterWindows;

/**
 * The local convolution on the input of the mixing half of one block (8.3), sequence by sequence;
 * with a window of 0 there is none, and rows pass as they are.
 */
final class InputConvolution {
  private final CausalConvolution kernel;
  private final int sequences;
  private final int tokens;
  private final Matrix weight;
  private final Matrix dWeight;
  private final Matrix out;
  private final Matrix first = Matrix.unplaced(0, 0, 0);
  private final Matrix second = Matrix.unplaced(0, 0, 0);
  private final Matrix third = Matrix.unplaced(0, 0, 0);

  /** {@code kernel} may be shared; it is not used if {@code window} is 0. */
  InputConvolution(
      String name,
      int window,
      int dim,
      int sequences,
      int tokens,
      CausalConvolution kernel,
      ParameterWindows parameters,
      Arena arena) {
    this.kernel = kernel;
    this.sequences = window > 0 ? sequences : 0;
    this.tokens = tokens;
    weight = window > 0 ? parameters.weight(name, dim, window) : null;
    dWeight = window > 0 ? parameters.gradient(name, dim, window) : null;
    out = window > 0 ? arena.matrix(sequences * tokens, dim) : null;
  }

  /** Returns the convolved rows (B T x D), which are {@code in} itself if there is no window. */
  Matrix forward(Matrix in) {
    for (int b = 0; b < sequences; b++) {
      kernel.forward(
          first.rowsOf(in, b * tokens, tokens), weight, second.rowsOf(out, b * tokens, tokens));
    }
    return sequences > 0 ? out : in;
  }

  /**
   * Adds to the weight's gradient and returns the gradient of {@code in}, which lies in {@code
   * dIn}, or in {@code dOut} if there is no window.
   */
  Matrix backward(Matrix in, Matrix dOut, Matrix dIn) {
    for (int b = 0; b < sequences; b++) {
      kernel.backward(
          first.rowsOf(in, b * tokens, tokens),
          weight,
          second.rowsOf(dOut, b * tokens, tokens),
          dWeight,
          third.rowsOf(dIn, b * tokens, tokens));
    }
    return sequences > 0 ? dIn : dOut;
  }
}
