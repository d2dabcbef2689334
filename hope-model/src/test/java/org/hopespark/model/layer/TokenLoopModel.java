// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.hopespark.model.config.CmsLevelConfig;
import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.tensor.ParameterLayout;

/**
 * HOPE in float64, token by token, as the equations are printed: Eq. 86 to 90 as loops over tokens
 * with outer products, no chunk form, no BLAS, no code shared with the product. Its exact gradient
 * comes from the tape under {@link Var}.
 */
final class TokenLoopModel {
  private static final double EPSILON = 1e-6;
  private static final List<String> MEMORIES = List.of("k", "v", "eta", "alpha", "memory", "q");

  private final ModelConfig model;
  private final ParameterLayout layout;
  private final Var[] parameters;

  TokenLoopModel(ModelConfig model, ParameterLayout layout, double[] parameters) {
    this(model, layout, Arrays.stream(parameters).mapToObj(Var::constant).toArray(Var[]::new));
  }

  private TokenLoopModel(ModelConfig model, ParameterLayout layout, Var[] parameters) {
    this.model = model;
    this.layout = layout;
    this.parameters = parameters;
  }

  /** Sum of the losses of one sequence of T + 1 ids. */
  double loss(int[] ids) {
    return Var.sum(lossVars(ids)).value;
  }

  /** The loss of each target. */
  double[] losses(int[] ids) {
    return Arrays.stream(lossVars(ids)).mapToDouble(loss -> loss.value).toArray();
  }

  /** Derivative of {@link #loss} with respect to every parameter. */
  static double[] gradient(
      ModelConfig model, ParameterLayout layout, double[] parameters, int[] ids) {
    Var.Tape tape = new Var.Tape();
    Var[] variables = Arrays.stream(parameters).mapToObj(tape::variable).toArray(Var[]::new);
    tape.differentiate(Var.sum(new TokenLoopModel(model, layout, variables).lossVars(ids)));
    return Arrays.stream(variables).mapToDouble(Var::gradient).toArray();
  }

  /** Logits of the first {@code tokens} positions. */
  double[][] logits(int[] ids, int tokens) {
    return Arrays.stream(outputs(ids, tokens))
        .map(row -> Arrays.stream(row).mapToDouble(logit -> logit.value).toArray())
        .toArray(double[][]::new);
  }

  private Var[] lossVars(int[] ids) {
    Var[][] logits = outputs(ids, ids.length - 1);
    Var[] losses = new Var[logits.length];
    for (int t = 0; t < losses.length; t++) {
      double max = Arrays.stream(logits[t]).mapToDouble(logit -> logit.value).max().orElseThrow();
      Var total = Var.sum(map(logits[t], logit -> logit.plus(-max).exp()));
      losses[t] = total.log().plus(max).minus(logits[t][ids[t + 1]]);
    }
    return losses;
  }

  private Var[][] outputs(int[] ids, int tokens) {
    int dim = model.dim();
    Var[][] x = new Var[tokens][];
    for (int t = 0; t < tokens; t++) {
      x[t] = row("embedding.weight", ids[t], dim);
    }
    for (int block = 0; block < model.layers(); block++) {
      Var[][] out = titans(x, "blocks." + block + ".titans.");
      for (int t = 0; t < tokens; t++) {
        x[t] = plus(x[t], out[t]);
        Var[] shared = x[t];
        for (CmsLevelConfig level : model.cms()) {
          String prefix = "blocks." + block + ".cms." + level.name() + ".";
          if (model.cmsVariant().equals("independent")) {
            Var weight = row(prefix + "mix.weight", 0, 1)[0];
            Var[] y = mlp(shared, prefix, level.hidden(dim));
            x[t] = plus(x[t], map(y, each -> each.times(weight)));
          } else {
            x[t] = plus(x[t], mlp(x[t], prefix, level.hidden(dim)));
          }
        }
      }
    }
    Var[][] logits = new Var[tokens][];
    Var[][] table = matrix("embedding.weight", 0, model.vocabularySize(), dim);
    for (int t = 0; t < tokens; t++) {
      logits[t] = times(table, norm(x[t], row("norm.weight", 0, dim)));
    }
    return logits;
  }

  private Var[] mlp(Var[] x, String prefix, int hidden) {
    int dim = model.dim();
    Var[] up =
        times(
            matrix(prefix + "up.weight", 0, 2 * hidden, dim),
            norm(x, row(prefix + "norm.weight", 0, dim)));
    Var[] s = new Var[hidden];
    for (int i = 0; i < hidden; i++) {
      s[i] = up[i].times(up[hidden + i]).times(up[hidden + i].logistic());
    }
    return times(matrix(prefix + "down.weight", 0, dim, hidden), s);
  }

  private Var[][] titans(Var[][] x, String prefix) {
    int dim = model.dim();
    int tokens = x.length;
    int width = model.headWidth();
    int window = model.memory().convolution();
    Var[][] taps = matrix(prefix + "convolution.weight", 0, dim, window);
    Var[][] a = new Var[tokens][];
    Var[][] u = new Var[tokens][dim];
    for (int t = 0; t < tokens; t++) {
      a[t] = norm(x[t], row(prefix + "norm.weight", 0, dim));
      for (int c = 0; c < dim; c++) {
        u[t][c] = Var.constant(0);
        for (int source = Math.max(0, t - window + 1); source <= t; source++) {
          u[t][c] = u[t][c].plus(taps[c][source - t + window - 1].times(a[source][c]));
        }
      }
    }
    Var[][] gated = new Var[tokens][dim];
    for (int head = 0; head < model.heads(); head++) {
      Var[][] o = head(u, prefix, head);
      Var[] gain = row(prefix + "output-norm.weight", 0, width);
      for (int t = 0; t < tokens; t++) {
        Var[] y = norm(o[t], gain);
        if (model.memory().gate()) {
          Var[] gate = input(prefix, "gate", u[t], head, dim);
          Arrays.setAll(y, i -> y[i].times(gate[i].logistic()).times(2));
        }
        System.arraycopy(y, 0, gated[t], head * width, width);
      }
    }
    Var[][] out = new Var[tokens][];
    for (int t = 0; t < tokens; t++) {
      out[t] = times(matrix(prefix + "output.weight", 0, dim, dim), gated[t]);
    }
    return out;
  }

  // Eq. 86 to 88 with gradients at the chunk start (Eq. 90), one head; with momentum, Titans' S.
  private Var[][] head(Var[][] u, String prefix, int head) {
    MemoryConfig config = model.memory();
    int dim = model.dim();
    int width = model.headWidth();
    int hidden = model.memoryHidden();
    int count = config.adaptive().contains("q") ? 6 : 5;
    Var[][][] w1 = new Var[count][][];
    Var[][][] w2 = new Var[count][][];
    Var[][][] s1 = new Var[count][][];
    Var[][][] s2 = new Var[count][][];
    Var[][][] start1 = new Var[count][][];
    Var[][][] start2 = new Var[count][][];
    for (int m = 0; m < count; m++) {
      String name = prefix + "memories." + MEMORIES.get(m);
      w1[m] = matrix(name + ".w1", (long) head * width * hidden, width, hidden);
      w2[m] = matrix(name + ".w2", (long) head * width * hidden, hidden, width);
      s1[m] = zeros(width, hidden);
      s2[m] = zeros(hidden, width);
    }
    Var[][] out = new Var[u.length][];
    for (int t = 0; t < u.length; t++) {
      for (int m = 0; m < count; m++) {
        if (t % (m == 4 ? config.chunk() : config.projectionChunk()) == 0) {
          start1[m] = copy(w1[m]);
          start2[m] = copy(w2[m]);
        }
      }
      Var[] x = input(prefix, "x", u[t], head, dim);
      Var[] xq = input(prefix, "q", u[t], head, dim);
      Var[] q = unit(count == 6 ? memory(start1[5], start2[5], xq) : xq);
      Var[] xk = config.ownInputs() ? input(prefix, "k", u[t], head, dim) : x;
      Var[] xv = config.ownInputs() ? input(prefix, "v", u[t], head, dim) : x;
      Var[] k = unit(memory(start1[0], start2[0], xk));
      Var[] v = value(memory(start1[1], start2[1], xv));
      Var eta =
          mean(memory(start1[2], start2[2], x))
              .plus(config.etaBias())
              .logistic()
              .times(config.etaMax());
      Var alpha =
          mean(memory(start1[3], start2[3], x))
              .plus(config.alphaBias())
              .logistic()
              .times(1 - config.alphaMin())
              .plus(config.alphaMin());
      alpha = config.retention() ? alpha : Var.constant(1);
      boolean current = config.read().equals("current");
      out[t] = current ? memory(w1[4], w2[4], q) : memory(start1[4], start2[4], q);
      for (int m = 0; m < count; m++) {
        if (!config.adaptive().contains(MEMORIES.get(m))) {
          continue;
        }
        Var[] vhat = value(memory(start1[m], start2[m], v));
        if (config.stopGradientValues()) {
          vhat = map(vhat, value -> Var.constant(value.value));
        }
        Var[] a = times(start2[m], k);
        Var[] s = map(a, TokenLoopModel::gelu);
        Var[] residual = minus(plus(k, times(start1[m], s)), vhat);
        Var[] back = timesTransposed(start1[m], residual);
        Var[] error1 = residual;
        Var rate1 = eta.times(2);
        if (config.w1().equals("delta")) {
          error1 = minus(plus(k, times(w1[m], s)), vhat);
          rate1 = rate1.over(eta.times(2).times(Var.dot(s, s)).plus(1));
        }
        Var[] error2 = config.dgd() ? times(w2[m], k) : map(a, each -> Var.constant(0));
        for (int j = 0; j < hidden; j++) {
          error2[j] = error2[j].plus(back[j].times(geluSlope(a[j])).times(2));
        }
        write(w1[m], s1[m], alpha, rate1, error1, s);
        write(w2[m], s2[m], alpha, eta.times(config.w2Rate()), error2, k);
      }
    }
    return out;
  }

  // S = theta S - rate error input^T, W = alpha W + S.
  private void write(Var[][] w, Var[][] s, Var alpha, Var rate, Var[] error, Var[] input) {
    for (int i = 0; i < w.length; i++) {
      Var write = rate.times(error[i]);
      for (int j = 0; j < w[i].length; j++) {
        s[i][j] = s[i][j].times(model.memory().momentum()).minus(write.times(input[j]));
        w[i][j] = alpha.times(w[i][j]).plus(s[i][j]);
      }
    }
  }

  private Var[] value(Var[] x) {
    return model.memory().unitValues() ? unit(x) : x;
  }

  private static Var[][] zeros(int rows, int columns) {
    Var[][] zeros = new Var[rows][columns];
    Arrays.stream(zeros).forEach(row -> Arrays.fill(row, Var.constant(0)));
    return zeros;
  }

  private Var[] input(String prefix, String name, Var[] u, int head, int dim) {
    int width = model.headWidth();
    return times(
        matrix(prefix + "inputs." + name + ".weight", (long) head * width * dim, width, dim), u);
  }

  private static Var[] memory(Var[][] w1, Var[][] w2, Var[] z) {
    return plus(z, times(w1, map(times(w2, z), TokenLoopModel::gelu)));
  }

  private static Var gelu(Var x) {
    return x.times(0.5).times(geluTanh(x).plus(1));
  }

  private static Var geluTanh(Var x) {
    return x.plus(x.times(x).times(x).times(0.044715)).times(Math.sqrt(2 / Math.PI)).tanh();
  }

  private static Var geluSlope(Var x) {
    Var tanh = geluTanh(x);
    Var inner = x.times(x).times(3 * 0.044715).plus(1).times(Math.sqrt(2 / Math.PI));
    Var outer = tanh.times(tanh).times(-1).plus(1);
    return tanh.plus(1).times(0.5).plus(x.times(0.5).times(outer).times(inner));
  }

  private static Var mean(Var[] x) {
    return Var.sum(x).times(1.0 / x.length);
  }

  private static Var[] unit(Var[] x) {
    Var length = Var.dot(x, x).sqrt().max(EPSILON);
    return map(x, value -> value.over(length));
  }

  private static Var[] norm(Var[] x, Var[] gain) {
    Var root = Var.dot(x, x).times(1.0 / x.length).plus(EPSILON).sqrt();
    Var[] y = new Var[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i].times(gain[i]).over(root);
    }
    return y;
  }

  private Var[] row(String name, int row, int columns) {
    return matrix(name, (long) row * columns, 1, columns)[0];
  }

  private Var[][] matrix(String name, long from, int rows, int columns) {
    int at = (int) (layout.tensor(name).offset() + from);
    Var[][] matrix = new Var[rows][];
    for (int r = 0; r < rows; r++) {
      matrix[r] = Arrays.copyOfRange(parameters, at + r * columns, at + (r + 1) * columns);
    }
    return matrix;
  }

  private static Var[][] copy(Var[][] matrix) {
    return Arrays.stream(matrix).map(Var[]::clone).toArray(Var[][]::new);
  }

  private static Var[] map(Var[] x, UnaryOperator<Var> function) {
    return Arrays.stream(x).map(function).toArray(Var[]::new);
  }

  private static Var[] times(Var[][] matrix, Var[] x) {
    return Arrays.stream(matrix).map(row -> Var.dot(row, x)).toArray(Var[]::new);
  }

  private static Var[] timesTransposed(Var[][] matrix, Var[] x) {
    Var[] y = new Var[matrix[0].length];
    for (int c = 0; c < y.length; c++) {
      int column = c;
      y[c] = Var.dot(Arrays.stream(matrix).map(row -> row[column]).toArray(Var[]::new), x);
    }
    return y;
  }

  private static Var[] plus(Var[] a, Var[] b) {
    Var[] sum = new Var[a.length];
    Arrays.setAll(sum, i -> a[i].plus(b[i]));
    return sum;
  }

  private static Var[] minus(Var[] a, Var[] b) {
    Var[] difference = new Var[a.length];
    Arrays.setAll(difference, i -> a[i].minus(b[i]));
    return difference;
  }
}
