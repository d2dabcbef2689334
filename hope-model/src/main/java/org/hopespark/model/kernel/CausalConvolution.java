// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import org.hopespark.model.tensor.Matrix;

/**
 * Causal depthwise convolution over the tokens of one sequence: {@code y[t, c] = sum_j w[c, j] x[t
 * - W + 1 + j, c]}, with zeros before the first token. Inputs and outputs are T x D, weights D x W.
 * Taps are turned to W x D first, so that the innermost loop runs over neighbours and vectorises.
 */
public final class CausalConvolution {
  private final int columns;
  private final int window;
  private final float[] x;
  private final float[] y;
  private final float[] weight;
  private final float[] taps;
  private final float[] dTaps;

  public CausalConvolution(int tokens, int columns, int window) {
    this.columns = columns;
    this.window = window;
    x = new float[tokens * columns];
    y = new float[tokens * columns];
    weight = new float[columns * window];
    taps = new float[columns * window];
    dTaps = new float[columns * window];
  }

  public void forward(Matrix in, Matrix weights, Matrix out) {
    in.load(x);
    loadTaps(weights, taps);
    int tokens = in.rows();
    Arrays.fill(y, 0, tokens * columns, 0);
    for (int t = 0; t < tokens; t++) {
      for (int j = Math.max(0, window - 1 - t); j < window; j++) {
        addProduct(taps, j * columns, x, (t - window + 1 + j) * columns, y, t * columns);
      }
    }
    out.store(y);
  }

  /** Overwrites {@code dIn}, adds to {@code dWeights}. */
  public void backward(Matrix in, Matrix weights, Matrix dOut, Matrix dWeights, Matrix dIn) {
    in.load(x);
    dOut.load(y);
    loadTaps(weights, taps);
    loadTaps(dWeights, dTaps);
    int tokens = in.rows();
    for (int t = 0; t < tokens; t++) {
      for (int j = Math.max(0, window - 1 - t); j < window; j++) {
        addProduct(y, t * columns, x, (t - window + 1 + j) * columns, dTaps, j * columns);
      }
    }
    storeTaps(dTaps, dWeights);
    Arrays.fill(x, 0, tokens * columns, 0);
    for (int t = 0; t < tokens; t++) {
      for (int j = Math.max(0, t + window - tokens); j < window; j++) {
        addProduct(taps, j * columns, y, (t + window - 1 - j) * columns, x, t * columns);
      }
    }
    dIn.store(x);
  }

  // c[k + i] += a[i0 + i] b[j0 + i] over one row of channels.
  private void addProduct(float[] a, int i0, float[] b, int j0, float[] c, int k) {
    for (int i = 0; i < columns; i++) {
      c[k + i] += a[i0 + i] * b[j0 + i];
    }
  }

  private void loadTaps(Matrix weights, float[] turned) {
    weights.load(weight);
    for (int c = 0; c < columns; c++) {
      for (int j = 0; j < window; j++) {
        turned[j * columns + c] = weight[c * window + j];
      }
    }
  }

  private void storeTaps(float[] turned, Matrix weights) {
    for (int c = 0; c < columns; c++) {
      for (int j = 0; j < window; j++) {
        weight[c * window + j] = turned[j * columns + c];
      }
    }
    weights.store(weight);
  }
}
