// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.tensor.Matrix;

/**
 * One step of a block on the residual stream, {@code x += f(norm(x))}: either half of a block, over
 * all sequences. Rows are the tokens of B sequences of T, one after the other, each D wide.
 */
interface ResidualLayer {
  /**
   * Adds the layer's output to {@code stream} (B T x D), and keeps what {@link #backward} needs.
   */
  void forward(Matrix stream);

  /**
   * Turns the gradient of the stream after the layer into that before it, in place; adds to the
   * parameters' gradients. The adjoint of the last {@link #forward}, to be run once.
   */
  void backward(Matrix dStream);
}
