// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hopespark.model.config.CmsLevelConfig;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.TensorSpec.Start;

/**
 * Every parameter of HOPE, level by level, densely packed: a level is one contiguous range, so that
 * it is averaged, clipped, stepped and hashed in one pass.
 */
public final class ParameterLayout {
  /**
   * Memories with a state of their own, in the order of {@code reference/nested-learning}: M_q is
   * the fixed W_q.
   */
  public static final List<String> MEMORIES = List.of("k", "v", "eta", "alpha", "memory");

  private final Map<String, TensorSpec> tensors = new LinkedHashMap<>();
  private final List<Level> levels = new ArrayList<>();
  private long end;

  /** Lays out the parameters of {@code model}. */
  public ParameterLayout(ModelConfig model) {
    core(model);
    close("core", model.core().period());
    for (CmsLevelConfig level : model.cms()) {
      cms(model, level);
      close(level.name(), level.period());
    }
  }

  /** All tensors, in the order of their offsets. */
  public List<TensorSpec> tensors() {
    return List.copyOf(tensors.values());
  }

  /** The tensor of this name; the name has to exist. */
  public TensorSpec tensor(String name) {
    TensorSpec tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("Missing tensor [" + name + "]");
    }
    return tensor;
  }

  /**
   * {@code core} first, then the CMS levels as configured; together they cover the slab without a
   * gap.
   */
  public List<Level> levels() {
    return List.copyOf(levels);
  }

  public long size() {
    return end;
  }

  private void core(ModelConfig model) {
    int dim = model.dim();
    int width = model.headWidth();
    int hidden = model.memoryHidden();
    Start matrix = new Start.Normal(0.02);
    // Residual outputs start smaller, so that the stream's variance does not grow with depth
    // (GPT-2).
    Start output = new Start.Normal(0.02 / Math.sqrt(2.0 * model.layers()));
    add("embedding.weight", matrix, model.vocabularySize(), dim);
    for (int block = 0; block < model.layers(); block++) {
      String titans = "blocks." + block + ".titans.";
      add(titans + "norm.weight", new Start.Ones(), dim);
      add(titans + "convolution.weight", new Start.LastTap(), dim, model.memory().convolution());
      // One after the other, so that the five products with the same input are one.
      for (String input : List.of("q", "x", "k", "v", "gate")) {
        add(titans + "inputs." + input + ".weight", matrix, dim, dim);
      }
      for (String memory : MEMORIES) {
        String prefix = titans + "memories." + memory;
        add(
            prefix + ".w1",
            new Start.Normal(0.5 / Math.sqrt(hidden)),
            model.heads(),
            width,
            hidden);
        add(prefix + ".w2", new Start.Normal(1 / Math.sqrt(width)), model.heads(), hidden, width);
      }
      add(titans + "output-norm.weight", new Start.Ones(), width);
      add(titans + "output.weight", output, dim, dim);
    }
    add("norm.weight", new Start.Ones(), dim);
  }

  private void cms(ModelConfig model, CmsLevelConfig level) {
    int dim = model.dim();
    int hidden = level.hidden(dim);
    for (int block = 0; block < model.layers(); block++) {
      String prefix = "blocks." + block + ".cms." + level.name() + ".";
      add(prefix + "norm.weight", new Start.Ones(), dim);
      add(prefix + "up.weight", new Start.Normal(0.02), 2 * hidden, dim);
      add(
          prefix + "down.weight",
          new Start.Normal(0.02 / Math.sqrt(2.0 * model.layers())),
          dim,
          hidden);
    }
  }

  private void add(String name, Start start, Integer... shape) {
    TensorSpec tensor = new TensorSpec(name, List.of(shape), levels.size(), end, start);
    tensors.put(name, tensor);
    end = Math.addExact(end, tensor.size());
  }

  private void close(String name, int period) {
    long offset = levels.isEmpty() ? 0 : last().offset() + last().length();
    levels.add(new Level(levels.size(), name, period, offset, end - offset));
  }

  private Level last() {
    return levels.get(levels.size() - 1);
  }
}
