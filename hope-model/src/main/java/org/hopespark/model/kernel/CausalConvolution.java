// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Matrix;

/**
 * Causal depthwise convolution over the tokens of one sequence: {@code y[t, c] = sum_j w[c, j] x[t
 * - W + 1 + j, c]}, with zeros before the first token. Inputs and outputs are T x D, weights D x W.
 */
public final class CausalConvolution {
  private final int columns;
  private final int window;
  private final float[] x;
  private final float[] y;
  private final float[] weight;
  private final float[] dWeight;

  public CausalConvolution(int tokens, int columns, int window) {
    this.columns = columns;
    this.window = window;
    x = new float[tokens * columns];
    y = new float[tokens * columns];
    weight = new float[columns * window];
    dWeight = new float[columns * window];
  }

  public void forward(Matrix in, Matrix weights, Matrix out) {
    in.load(x);
    weights.load(weight);
    int tokens = in.rows();
    for (int t = 0; t < tokens; t++) {
      for (int c = 0; c < columns; c++) {
        float sum = 0;
        for (int j = Math.max(0, window - 1 - t); j < window; j++) {
          sum += weight[c * window + j] * x[(t - window + 1 + j) * columns + c];
        }
        y[t * columns + c] = sum;
      }
    }
    out.store(y);
  }

  /** Overwrites {@code dIn}, adds to {@code dWeights}. */
  public void backward(Matrix in, Matrix weights, Matrix dOut, Matrix dWeights, Matrix dIn) {
    in.load(x);
    dOut.load(y);
    weights.load(weight);
    dWeights.load(dWeight);
    int tokens = in.rows();
    for (int t = 0; t < tokens; t++) {
      for (int c = 0; c < columns; c++) {
        for (int j = Math.max(0, window - 1 - t); j < window; j++) {
          dWeight[c * window + j] += y[t * columns + c] * x[(t - window + 1 + j) * columns + c];
        }
      }
    }
    dWeights.store(dWeight);
    for (int t = 0; t < tokens; t++) {
      for (int c = 0; c < columns; c++) {
        float sum = 0;
        for (int j = Math.max(0, t + window - tokens); j < window; j++) {
          sum += weight[c * window + j] * y[(t + window - 1 - j) * columns + c];
        }
        x[t * columns + c] = sum;
      }
    }
    dIn.store(x);
  }
}
