// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import org.hopespark.model.config.CmsLevelConfig;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.tensor.ParameterLayout;

/**
 * Hope-Attention and the Transformer++ in float64 as sums over tokens and elements: no matrix
 * products, no blocks, positions by polar angles, no code shared with the product. Forward only;
 * gradients come from finite differences of it.
 */
final class AttentionModel {
  private final ModelConfig model;
  private final ParameterLayout layout;
  private final double[] parameters;

  AttentionModel(ModelConfig model, ParameterLayout layout, double[] parameters) {
    this.model = model;
    this.layout = layout;
    this.parameters = parameters;
  }

  /** Sum of the losses of one sequence of T + 1 ids. */
  double loss(int[] ids) {
    double[][] x = new double[ids.length - 1][];
    for (int t = 0; t < x.length; t++) {
      x[t] = new double[model.dim()];
      for (int c = 0; c < x[t].length; c++) {
        x[t][c] = parameter("embedding.weight", ids[t] * model.dim() + c);
      }
    }
    for (int block = 0; block < model.layers(); block++) {
      attend(x, "blocks." + block + ".attention.");
      for (CmsLevelConfig level : model.cms()) {
        String prefix = "blocks." + block + ".cms." + level.name() + ".";
        for (double[] token : x) {
          mlp(token, prefix, level.hidden(model.dim()));
        }
      }
    }
    double loss = 0;
    for (int t = 0; t < x.length; t++) {
      double[] logits = product("embedding.weight", model.vocabularySize(), norm(x[t], ""));
      double total = 0;
      for (double logit : logits) {
        total += Math.exp(logit);
      }
      loss += Math.log(total) - logits[ids[t + 1]];
    }
    return loss;
  }

  // x += W_o attention(rotary(q, k), v), one token and one head at a time.
  private void attend(double[][] x, String prefix) {
    int dim = model.dim();
    int width = dim / model.heads();
    double[][] q = new double[x.length][];
    double[][] k = new double[x.length][];
    double[][] v = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] u = convolved(x, t, prefix);
      q[t] = turned(product(prefix + "inputs.q.weight", dim, u), t);
      k[t] = turned(product(prefix + "inputs.k.weight", dim, u), t);
      v[t] = product(prefix + "inputs.v.weight", dim, u);
    }
    for (int t = x.length - 1; t >= 0; t--) {
      double[] y = new double[dim];
      for (int head = 0; head < dim; head += width) {
        double total = 0;
        for (int s = 0; s <= t; s++) {
          double score = 0;
          for (int c = head; c < head + width; c++) {
            score += q[t][c] * k[s][c];
          }
          double weight = Math.exp(score / Math.sqrt(width));
          total += weight;
          for (int c = head; c < head + width; c++) {
            y[c] += weight * v[s][c];
          }
        }
        for (int c = head; c < head + width; c++) {
          y[c] /= total;
        }
      }
      add(x[t], product(prefix + "output.weight", dim, y));
    }
  }

  private double[] convolved(double[][] x, int t, String prefix) {
    int window = model.attention().convolution();
    if (window == 0) {
      return norm(x[t], prefix);
    }
    double[] u = new double[model.dim()];
    for (int back = 0; back < window && back <= t; back++) {
      double[] a = norm(x[t - back], prefix);
      for (int c = 0; c < u.length; c++) {
        u[c] += a[c] * parameter(prefix + "convolution.weight", c * window + window - 1 - back);
      }
    }
    return u;
  }

  // Columns i and i + d/2 are the ends of an arrow that is turned by t base^(-2i/d).
  private double[] turned(double[] z, int t) {
    int half = model.dim() / model.heads() / 2;
    double[] out = new double[z.length];
    for (int c = 0; c < z.length; c++) {
      int i = c % (2 * half);
      if (i < half) {
        double length = Math.hypot(z[c], z[c + half]);
        double turn = t / Math.pow(model.attention().ropeBase(), (double) i / half);
        double angle = Math.atan2(z[c + half], z[c]) + turn;
        out[c] = length * Math.cos(angle);
        out[c + half] = length * Math.sin(angle);
      }
    }
    return out;
  }

  private void mlp(double[] x, String prefix, int hidden) {
    double[] up = product(prefix + "up.weight", 2 * hidden, norm(x, prefix));
    double[] s = new double[hidden];
    for (int i = 0; i < hidden; i++) {
      s[i] = up[i] * up[hidden + i] / (1 + Math.exp(-up[hidden + i]));
    }
    add(x, product(prefix + "down.weight", x.length, s));
  }

  private double[] norm(double[] x, String prefix) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double[] y = new double[x.length];
    for (int c = 0; c < y.length; c++) {
      y[c] = parameter(prefix + "norm.weight", c) * x[c] / Math.sqrt(squares / x.length + 1e-6);
    }
    return y;
  }

  private double[] product(String matrix, int rows, double[] x) {
    int at = (int) layout.tensor(matrix).offset();
    double[] y = new double[rows];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < x.length; c++) {
        y[r] += parameters[at + r * x.length + c] * x[c];
      }
    }
    return y;
  }

  private double parameter(String name, int element) {
    return parameters[(int) layout.tensor(name).offset() + element];
  }

  private static void add(double[] sum, double[] x) {
    for (int c = 0; c < sum.length; c++) {
      sum[c] += x[c];
    }
  }
}
