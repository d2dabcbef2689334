// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.kernel.KeptHead;
import org.hopespark.model.tensor.Matrix;

/**
 * What the first Titans of a {@link SmallModel} did in its last forward pass, for one head of the
 * first sequence, in double: tokens, states of the memories at their chunk starts, outputs.
 */
final class KeptStates {
  /** W1 (d x h) and W2 (h x d). */
  static final class State {
    final double[][] w1;
    final double[][] w2;

    private State(double[][] w1, double[][] w2) {
      this.w1 = w1;
      this.w2 = w2;
    }

    /** M(z) = z + W1 gelu(W2 z), Eq. 89. */
    double[] apply(double[] z) {
      return plus(z, times(w1, features(z)));
    }

    /** gelu(W2 z). */
    double[] features(double[] z) {
      double[] a = times(w2, z);
      for (int i = 0; i < a.length; i++) {
        double u = Math.sqrt(2 / Math.PI) * (a[i] + 0.044715 * Math.pow(a[i], 3));
        a[i] = 0.5 * a[i] * (1 + Math.tanh(u));
      }
      return a;
    }

    /** |M(z) - target|^2. */
    double loss(double[] z, double[] target) {
      double[] residual = plus(apply(z), scaled(-1, target));
      return dot(residual, residual);
    }
  }

  private final SelfModifyingTitans titans;
  private final KeptHead kept;
  private final int width;
  private final int hidden;
  private final int head;

  KeptStates(SmallModel model, BlockNetwork network, int head) {
    titans = (SelfModifyingTitans) network.layers[0];
    width = model.config.model().headWidth();
    hidden = model.config.model().memoryHidden();
    this.head = head;
    kept =
        new KeptHead(
            model.config.model(), SmallModel.TOKENS, titans.in.slab(), titans.cache(0, head));
  }

  State state(String memory, int chunk) {
    float[][] values = kept.state(memory, chunk);
    return new State(matrix(values[0], width, hidden), matrix(values[1], hidden, width));
  }

  /** Bits of a state. */
  float[][] bits(String memory, int chunk) {
    return kept.state(memory, chunk);
  }

  /** {@code q}, {@code k} or {@code v} of a token, of length one. */
  double[] vector(String name, int t) {
    return matrix(kept.read(name), SmallModel.TOKENS, width)[t];
  }

  /** {@code eta} or {@code alpha} of a token. */
  double rate(String name, int t) {
    return kept.read(name)[t];
  }

  /** What the matrix number {@code input} of q, x, k, v gives to this head. */
  double[] input(int input, int t) {
    float[] row = new float[titans.projected.columns()];
    titans.projected.loadRow(t, row);
    return cut(row, input * width * (titans.in.columns() / width) + head * width);
  }

  double[] output(int t) {
    Matrix out = titans.memoryOut;
    float[] row = new float[out.columns()];
    out.loadRow(t, row);
    return cut(row, head * width);
  }

  private double[] cut(float[] row, int from) {
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = row[from + i];
    }
    return values;
  }

  private static double[][] matrix(float[] values, int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    for (int i = 0; i < values.length; i++) {
      matrix[i / columns][i % columns] = values[i];
    }
    return matrix;
  }

  static double[] times(double[][] matrix, double[] x) {
    double[] y = new double[matrix.length];
    for (int r = 0; r < y.length; r++) {
      y[r] = dot(matrix[r], x);
    }
    return y;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double[] plus(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  static double[] scaled(double factor, double[] x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] *= factor;
    }
    return y;
  }

  static double[] unit(double[] x) {
    return scaled(1 / Math.sqrt(dot(x, x)), x);
  }
}
