// SPDX-License-Identifier: Apache-2.0
package org.hopespark.oracle;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.hopespark.model.config.CmsLevelConfig;
import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * HOPE and the Transformer++ with one head as a SameDiff graph in double: one row vector per token,
 * plain formulas (Eq. 86 to 90), elementary operations. The derivative is SameDiff's.
 */
final class SameDiffModel {
  private static final double EPSILON = 1e-6;
  private static final List<String> MEMORIES = List.of("k", "v", "eta", "alpha", "memory");

  private final SameDiff sd = SameDiff.create();
  private final ModelConfig model;
  private final ParameterLayout layout;
  private final Map<String, SDVariable> parameters = new HashMap<>();
  private final Map<String, SDVariable> turned = new HashMap<>();

  SameDiffModel(ModelConfig model, ParameterLayout layout, double[] values) {
    this.model = model;
    this.layout = layout;
    for (TensorSpec tensor : layout.tensors()) {
      List<Integer> shape = tensor.shape();
      // A gain is one row; the head of a memory's weight is the only one.
      int columns = shape.get(shape.size() - 1);
      int rows = Math.toIntExact(tensor.size()) / columns;
      INDArray start = Nd4j.zeros(DataType.DOUBLE, rows, columns);
      for (int i = 0; i < tensor.size(); i++) {
        start.putScalar(i / columns, i % columns, values[(int) tensor.offset() + i]);
      }
      parameters.put(tensor.name(), sd.var(tensor.name().replace('.', '_'), start));
    }
  }

  /** Gradient of the summed loss of one sequence, laid out as the parameters. */
  double[] gradient(int[] ids) {
    int tokens = ids.length - 1;
    List<SDVariable> x = new ArrayList<>();
    for (int t = 0; t < tokens; t++) {
      x.add(sd.mmul(oneHot(ids[t]), parameter("embedding.weight")));
    }
    for (int block = 0; block < model.layers(); block++) {
      String prefix = "blocks." + block + ".";
      List<SDVariable> out =
          model.attends() ? attention(x, prefix + "attention.") : titans(x, prefix + "titans.");
      for (int t = 0; t < tokens; t++) {
        x.set(t, x.get(t).add(out.get(t)));
        for (CmsLevelConfig level : model.cms()) {
          x.set(t, x.get(t).add(mlp(x.get(t), prefix + "cms." + level.name() + ".", level)));
        }
      }
    }
    SDVariable loss = null;
    for (int t = 0; t < tokens; t++) {
      SDVariable logits = linear(norm(x.get(t), "norm.weight"), "embedding.weight");
      SDVariable total = sd.math().log(sum(sd.math().exp(logits)));
      SDVariable own = total.sub(sum(logits.mul(oneHot(ids[t + 1]))));
      loss = loss == null ? own : loss.add(own);
    }
    SDVariable output = sd.sum("loss", loss);
    sd.setLossVariables(output);
    List<String> names = new ArrayList<>();
    parameters.values().forEach(parameter -> names.add(parameter.name()));
    Map<String, INDArray> gradients = quietly(() -> sd.calculateGradients(Map.of(), names));
    double[] values = new double[Math.toIntExact(layout.size())];
    for (TensorSpec tensor : layout.tensors()) {
      INDArray gradient = gradients.get(parameter(tensor.name()).name());
      long columns = gradient.size(1);
      for (int i = 0; i < tensor.size(); i++) {
        values[(int) tensor.offset() + i] = gradient.getDouble(i / columns, i % columns);
      }
    }
    return values;
  }

  // SameDiff prints a line for every operation that it differentiates.
  private static <T> T quietly(Supplier<T> work) {
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      return work.get();
    } finally {
      System.setOut(out);
    }
  }

  private SDVariable mlp(SDVariable x, String prefix, CmsLevelConfig level) {
    int hidden = level.hidden(model.dim());
    SDVariable up = linear(norm(x, prefix + "norm.weight"), prefix + "up.weight");
    SDVariable a = columns(up, 0, hidden);
    SDVariable b = columns(up, hidden, hidden);
    return linear(a.mul(b).mul(logistic(b)), prefix + "down.weight");
  }

  // The rows' part as a product with a constant: nothing but mmul has to be differentiated.
  private SDVariable columns(SDVariable row, int from, int count) {
    INDArray cut = Nd4j.zeros(DataType.DOUBLE, 2L * count, count);
    for (int i = 0; i < count; i++) {
      cut.putScalar(from + i, i, 1);
    }
    return sd.mmul(row, sd.constant(cut));
  }

  // softmax(q k^T / sqrt(d)) v over the tokens so far; positions by rotations.
  private List<SDVariable> attention(List<SDVariable> x, String prefix) {
    List<SDVariable> k = new ArrayList<>();
    List<SDVariable> v = new ArrayList<>();
    List<SDVariable> out = new ArrayList<>();
    for (int t = 0; t < x.size(); t++) {
      SDVariable u = norm(x.get(t), prefix + "norm.weight");
      SDVariable rotation = sd.constant(rotation(t));
      SDVariable q = sd.mmul(linear(u, prefix + "inputs.q.weight"), rotation);
      k.add(sd.mmul(linear(u, prefix + "inputs.k.weight"), rotation));
      v.add(linear(u, prefix + "inputs.v.weight"));
      SDVariable total = null;
      SDVariable weighted = null;
      for (int s = 0; s <= t; s++) {
        SDVariable weight =
            sd.math().exp(sum(q.mul(k.get(s))).mul(1 / Math.sqrt(model.headWidth())));
        total = total == null ? weight : total.add(weight);
        SDVariable part = v.get(s).mul(weight);
        weighted = weighted == null ? part : weighted.add(part);
      }
      out.add(linear(over(weighted, total), prefix + "output.weight"));
    }
    return out;
  }

  private INDArray rotation(int t) {
    int half = model.headWidth() / 2;
    INDArray rotation = Nd4j.zeros(DataType.DOUBLE, 2L * half, 2L * half);
    for (int i = 0; i < half; i++) {
      double angle = t * Math.pow(model.attention().ropeBase(), -(double) i / half);
      rotation.putScalar(i, i, Math.cos(angle));
      rotation.putScalar(i, half + i, Math.sin(angle));
      rotation.putScalar(half + i, i, -Math.sin(angle));
      rotation.putScalar(half + i, half + i, Math.cos(angle));
    }
    return rotation;
  }

  private List<SDVariable> titans(List<SDVariable> x, String prefix) {
    int window = model.memory().convolution();
    List<SDVariable> a = new ArrayList<>();
    List<SDVariable> u = new ArrayList<>();
    SDVariable taps = sd.transpose(parameter(prefix + "convolution.weight"));
    for (int t = 0; t < x.size(); t++) {
      a.add(norm(x.get(t), prefix + "norm.weight"));
      SDVariable mixed = null;
      for (int back = 0; back < window && back <= t; back++) {
        SDVariable tap = sd.mmul(oneHot(window - 1 - back, window), taps);
        SDVariable part = a.get(t - back).mul(tap);
        mixed = mixed == null ? part : mixed.add(part);
      }
      u.add(mixed);
    }
    List<SDVariable> read = memories(u, prefix);
    List<SDVariable> out = new ArrayList<>();
    for (int t = 0; t < x.size(); t++) {
      SDVariable gate = logistic(linear(u.get(t), prefix + "inputs.gate.weight")).mul(2);
      SDVariable normed = norm(read.get(t), prefix + "output-norm.weight");
      out.add(linear(normed.mul(gate), prefix + "output.weight"));
    }
    return out;
  }

  private List<SDVariable> memories(List<SDVariable> u, String prefix) {
    MemoryConfig config = model.memory();
    Map<String, SDVariable[]> now = new HashMap<>();
    Map<String, SDVariable[]> start = new HashMap<>();
    for (String memory : MEMORIES) {
      String name = prefix + "memories." + memory;
      now.put(memory, new SDVariable[] {parameter(name + ".w1"), parameter(name + ".w2")});
    }
    List<SDVariable> out = new ArrayList<>();
    for (int t = 0; t < u.size(); t++) {
      for (String memory : MEMORIES) {
        if (t % (memory.equals("memory") ? config.chunk() : config.projectionChunk()) == 0) {
          start.put(memory, now.get(memory));
        }
      }
      SDVariable x = linear(u.get(t), prefix + "inputs.x.weight");
      SDVariable k = unit(read(start.get("k"), linear(u.get(t), prefix + "inputs.k.weight")));
      SDVariable v = unit(read(start.get("v"), linear(u.get(t), prefix + "inputs.v.weight")));
      SDVariable q = unit(linear(u.get(t), prefix + "inputs.q.weight"));
      SDVariable eta =
          logistic(mean(read(start.get("eta"), x)).add(config.etaBias())).mul(config.etaMax());
      SDVariable alpha =
          logistic(mean(read(start.get("alpha"), x)).add(config.alphaBias()))
              .mul(1 - config.alphaMin())
              .add(config.alphaMin());
      out.add(read(now.get("memory"), q));
      for (String memory : MEMORIES) {
        now.put(memory, written(now.get(memory), start.get(memory), k, v, eta, alpha));
      }
    }
    return out;
  }

  // Eq. 88 and 90: W1 by the exact delta rule, W2 by delta gradient descent.
  private SDVariable[] written(
      SDVariable[] now,
      SDVariable[] start,
      SDVariable k,
      SDVariable v,
      SDVariable eta,
      SDVariable alpha) {
    SDVariable vhat = unit(read(start, v));
    SDVariable a = sd.mmul(k, sd.transpose(start[1]));
    SDVariable s = gelu(a);
    SDVariable wanted = k.sub(vhat);
    SDVariable residual = wanted.add(sd.mmul(s, sd.transpose(start[0])));
    SDVariable error = wanted.add(sd.mmul(s, sd.transpose(now[0])));
    SDVariable rate = over(eta.mul(2), eta.mul(2).mul(sum(s.mul(s))).add(1));
    SDVariable w1 = now[0].mul(alpha).sub(sd.mmul(sd.transpose(error), s).mul(rate));
    SDVariable gradient = sd.mmul(residual, start[0]).mul(geluSlope(a)).mul(2);
    SDVariable surprise = sd.mmul(k, sd.transpose(now[1])).add(gradient);
    SDVariable w2 =
        now[1]
            .mul(alpha)
            .sub(sd.mmul(sd.transpose(surprise), k).mul(eta.mul(model.memory().w2Rate())));
    return new SDVariable[] {w1, w2};
  }

  private SDVariable read(SDVariable[] state, SDVariable z) {
    SDVariable s = gelu(sd.mmul(z, sd.transpose(state[1])));
    return z.add(sd.mmul(s, sd.transpose(state[0])));
  }

  private SDVariable gelu(SDVariable a) {
    return a.mul(0.5).mul(geluTanh(a).add(1));
  }

  private SDVariable geluTanh(SDVariable a) {
    SDVariable cubic = a.mul(a).mul(a).mul(0.044715);
    return sd.math().tanh(a.add(cubic).mul(Math.sqrt(2 / Math.PI)));
  }

  private SDVariable geluSlope(SDVariable a) {
    SDVariable tanh = geluTanh(a);
    SDVariable inner = a.mul(a).mul(3 * 0.044715).add(1).mul(Math.sqrt(2 / Math.PI));
    SDVariable outer = tanh.mul(tanh).mul(-1).add(1);
    return tanh.add(1).mul(0.5).add(a.mul(0.5).mul(outer).mul(inner));
  }

  private SDVariable logistic(SDVariable a) {
    return sd.math().exp(a.mul(-1)).add(1).rdiv(1);
  }

  // SameDiff 1.0.0-M2.1 differentiates a division of a row by a 1 x 1 wrongly; this form is right.
  private static SDVariable over(SDVariable row, SDVariable divisor) {
    return row.mul(divisor.rdiv(1));
  }

  private SDVariable unit(SDVariable row) {
    return over(row, sd.math().sqrt(sum(row.mul(row))));
  }

  private SDVariable norm(SDVariable row, String gain) {
    SDVariable root = sd.math().sqrt(mean(row.mul(row)).add(EPSILON));
    return over(row, root).mul(parameter(gain));
  }

  // Sums stay 1 x 1, so that they multiply rows and matrices.
  private SDVariable sum(SDVariable row) {
    return sd.sum(row, true, 1);
  }

  private SDVariable mean(SDVariable row) {
    return sd.mean(row, true, 1);
  }

  private SDVariable linear(SDVariable row, String weight) {
    SDVariable matrix = turned.computeIfAbsent(weight, name -> sd.transpose(parameter(name)));
    return sd.mmul(row, matrix);
  }

  private SDVariable parameter(String name) {
    return parameters.get(name);
  }

  private SDVariable oneHot(int id) {
    return oneHot(id, model.vocabularySize());
  }

  private SDVariable oneHot(int place, int length) {
    INDArray row = Nd4j.zeros(DataType.DOUBLE, 1, length);
    row.putScalar(0, place, 1);
    return sd.constant(row);
  }
}
