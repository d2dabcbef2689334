// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import java.util.Arrays;
import org.hopespark.model.config.CmsLevelConfig;
import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.tensor.ParameterLayout;

/**
 * HOPE in float64, token by token, as the equations are printed: Eq. 86 to 90 as loops over tokens
 * with outer products, no chunk form, no BLAS, no code shared with the product. Forward only;
 * gradients come from finite differences of it.
 */
final class TokenLoopModel {
  private static final double EPSILON = 1e-6;
  private static final String[] MEMORIES = {"k", "v", "eta", "alpha", "memory"};

  private final ModelConfig model;
  private final ParameterLayout layout;
  private final double[] parameters;

  TokenLoopModel(ModelConfig model, ParameterLayout layout, double[] parameters) {
    this.model = model;
    this.layout = layout;
    this.parameters = parameters;
  }

  /** Sum of the losses of one sequence of T + 1 ids. */
  double loss(int[] ids) {
    double[][] logits = logits(ids, ids.length - 1);
    double sum = 0;
    for (int t = 0; t + 1 < ids.length; t++) {
      double max = Arrays.stream(logits[t]).max().orElseThrow();
      double total = 0;
      for (double logit : logits[t]) {
        total += Math.exp(logit - max);
      }
      sum += Math.log(total) + max - logits[t][ids[t + 1]];
    }
    return sum;
  }

  /** Logits of the first {@code tokens} positions. */
  double[][] logits(int[] ids, int tokens) {
    int dim = model.dim();
    double[][] x = new double[tokens][];
    for (int t = 0; t < tokens; t++) {
      x[t] = row("embedding.weight", ids[t], dim);
    }
    for (int block = 0; block < model.layers(); block++) {
      double[][] out = titans(x, "blocks." + block + ".titans.");
      for (int t = 0; t < tokens; t++) {
        x[t] = plus(x[t], out[t]);
        for (CmsLevelConfig level : model.cms()) {
          x[t] =
              plus(
                  x[t],
                  mlp(x[t], "blocks." + block + ".cms." + level.name() + ".", level.hidden(dim)));
        }
      }
    }
    double[][] logits = new double[tokens][];
    double[][] table = matrix("embedding.weight", 0, model.vocabularySize(), dim);
    for (int t = 0; t < tokens; t++) {
      logits[t] = times(table, norm(x[t], row("norm.weight", 0, dim)));
    }
    return logits;
  }

  private double[] mlp(double[] x, String prefix, int hidden) {
    int dim = model.dim();
    double[] up =
        times(
            matrix(prefix + "up.weight", 0, 2 * hidden, dim),
            norm(x, row(prefix + "norm.weight", 0, dim)));
    double[] s = new double[hidden];
    for (int i = 0; i < hidden; i++) {
      s[i] = up[i] * up[hidden + i] / (1 + Math.exp(-up[hidden + i]));
    }
    return times(matrix(prefix + "down.weight", 0, dim, hidden), s);
  }

  private double[][] titans(double[][] x, String prefix) {
    int dim = model.dim();
    int tokens = x.length;
    int width = model.headWidth();
    int window = model.memory().convolution();
    double[][] taps = matrix(prefix + "convolution.weight", 0, dim, window);
    double[][] a = new double[tokens][];
    double[][] u = new double[tokens][dim];
    for (int t = 0; t < tokens; t++) {
      a[t] = norm(x[t], row(prefix + "norm.weight", 0, dim));
      for (int c = 0; c < dim; c++) {
        for (int j = 0; j < window; j++) {
          int source = t - window + 1 + j;
          u[t][c] += source < 0 ? 0 : taps[c][j] * a[source][c];
        }
      }
    }
    double[][] gated = new double[tokens][dim];
    for (int head = 0; head < model.heads(); head++) {
      double[][] o = head(u, prefix, head);
      double[] gain = row(prefix + "output-norm.weight", 0, width);
      for (int t = 0; t < tokens; t++) {
        double[] gate = cut(times(matrix(prefix + "inputs.gate.weight", 0, dim, dim), u[t]), head);
        double[] y = norm(o[t], gain);
        for (int i = 0; i < width; i++) {
          gated[t][head * width + i] = y[i] * 2 / (1 + Math.exp(-gate[i]));
        }
      }
    }
    double[][] out = new double[tokens][];
    for (int t = 0; t < tokens; t++) {
      out[t] = times(matrix(prefix + "output.weight", 0, dim, dim), gated[t]);
    }
    return out;
  }

  // Eq. 86 to 88 with gradients at the chunk start (Eq. 90), one head.
  private double[][] head(double[][] u, String prefix, int head) {
    MemoryConfig config = model.memory();
    int dim = model.dim();
    int width = model.headWidth();
    int hidden = model.memoryHidden();
    double[][][] w1 = new double[5][][];
    double[][][] w2 = new double[5][][];
    double[][][] start1 = new double[5][][];
    double[][][] start2 = new double[5][][];
    for (int m = 0; m < 5; m++) {
      String name = prefix + "memories." + MEMORIES[m];
      w1[m] = matrix(name + ".w1", (long) head * width * hidden, width, hidden);
      w2[m] = matrix(name + ".w2", (long) head * width * hidden, hidden, width);
    }
    double[][] out = new double[u.length][];
    for (int t = 0; t < u.length; t++) {
      for (int m = 0; m < 5; m++) {
        if (t % (m == 4 ? config.chunk() : config.projectionChunk()) == 0) {
          start1[m] = copy(w1[m]);
          start2[m] = copy(w2[m]);
        }
      }
      double[] q = unit(input(prefix, "q", u[t], head, dim));
      double[] x = input(prefix, "x", u[t], head, dim);
      double[] k = unit(memory(start1[0], start2[0], input(prefix, "k", u[t], head, dim)));
      double[] v = unit(memory(start1[1], start2[1], input(prefix, "v", u[t], head, dim)));
      double eta =
          config.etaMax() * logistic(mean(memory(start1[2], start2[2], x)) + config.etaBias());
      double alpha =
          config.alphaMin()
              + (1 - config.alphaMin())
                  * logistic(mean(memory(start1[3], start2[3], x)) + config.alphaBias());
      out[t] = memory(w1[4], w2[4], q);
      for (int m = 0; m < 5; m++) {
        double[] vhat = unit(memory(start1[m], start2[m], v));
        double[] a = times(start2[m], k);
        double[] s = gelu(a);
        double[] residual = minus(plus(k, times(start1[m], s)), vhat);
        double[] back = timesTransposed(start1[m], residual);
        double[] current = minus(plus(k, times(w1[m], s)), vhat);
        double[] read = times(w2[m], k);
        double rate = 2 * eta / (1 + 2 * eta * dot(s, s));
        for (int i = 0; i < width; i++) {
          for (int j = 0; j < hidden; j++) {
            w1[m][i][j] = alpha * w1[m][i][j] - rate * current[i] * s[j];
          }
        }
        for (int j = 0; j < hidden; j++) {
          double gradient = read[j] + 2 * back[j] * geluSlope(a[j]);
          for (int i = 0; i < width; i++) {
            w2[m][j][i] = alpha * w2[m][j][i] - config.w2Rate() * eta * gradient * k[i];
          }
        }
      }
    }
    return out;
  }

  private double[] input(String prefix, String name, double[] u, int head, int dim) {
    return cut(times(matrix(prefix + "inputs." + name + ".weight", 0, dim, dim), u), head);
  }

  private double[] cut(double[] x, int head) {
    return Arrays.copyOfRange(x, head * model.headWidth(), (head + 1) * model.headWidth());
  }

  private static double[] memory(double[][] w1, double[][] w2, double[] z) {
    return plus(z, times(w1, gelu(times(w2, z))));
  }

  private static double[] gelu(double[] x) {
    return Arrays.stream(x).map(TokenLoopModel::gelu).toArray();
  }

  static double gelu(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  private static double geluSlope(double x) {
    double c = Math.sqrt(2 / Math.PI);
    double tanh = Math.tanh(c * (x + 0.044715 * x * x * x));
    return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * c * (1 + 3 * 0.044715 * x * x);
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double mean(double[] x) {
    return Arrays.stream(x).sum() / x.length;
  }

  private static double[] unit(double[] x) {
    double length = Math.max(Math.sqrt(dot(x, x)), 1e-6);
    return Arrays.stream(x).map(value -> value / length).toArray();
  }

  private static double[] norm(double[] x, double[] gain) {
    double scale = 1 / Math.sqrt(dot(x, x) / x.length + EPSILON);
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] * scale * gain[i];
    }
    return y;
  }

  private double[] row(String name, int row, int columns) {
    return matrix(name, (long) row * columns, 1, columns)[0];
  }

  private double[][] matrix(String name, long from, int rows, int columns) {
    int at = (int) (layout.tensor(name).offset() + from);
    double[][] matrix = new double[rows][];
    for (int r = 0; r < rows; r++) {
      matrix[r] = Arrays.copyOfRange(parameters, at + r * columns, at + (r + 1) * columns);
    }
    return matrix;
  }

  private static double[][] copy(double[][] matrix) {
    return Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
  }

  private static double[] times(double[][] matrix, double[] x) {
    return Arrays.stream(matrix).mapToDouble(row -> dot(row, x)).toArray();
  }

  private static double[] timesTransposed(double[][] matrix, double[] x) {
    double[] y = new double[matrix[0].length];
    for (int r = 0; r < matrix.length; r++) {
      for (int c = 0; c < y.length; c++) {
        y[c] += matrix[r][c] * x[r];
      }
    }
    return y;
  }

  private static double[] plus(double[] a, double[] b) {
    double[] sum = new double[a.length];
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }

  private static double[] minus(double[] a, double[] b) {
    double[] difference = new double[a.length];
    Arrays.setAll(difference, i -> a[i] - b[i]);
    return difference;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
