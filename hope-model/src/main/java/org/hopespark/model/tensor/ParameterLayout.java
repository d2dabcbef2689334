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
 * Every parameter of a model, level by level, densely packed: a level is one contiguous range, so
 * that it is averaged, clipped, stepped and hashed in one pass.
 */
public final class ParameterLayout {
  private static final Start MATRIX = new Start.Normal(0.02);

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
    addTable("embedding.weight", MATRIX, model.vocabularySize(), dim);
    for (int block = 0; block < model.layers(); block++) {
      if (model.attends()) {
        attention(model, "blocks." + block + ".attention.");
      } else {
        titans(model, "blocks." + block + ".titans.");
      }
    }
    add("norm.weight", new Start.Ones(), dim);
  }

  private void titans(ModelConfig model, String prefix) {
    int dim = model.dim();
    int width = model.headWidth();
    int hidden = model.memoryHidden();
    add(prefix + "norm.weight", new Start.Ones(), dim);
    addTable(prefix + "convolution.weight", new Start.LastTap(), dim, model.memory().convolution());
    inputs(prefix, dim, model.memory().inputs());
    for (String memory : model.memory().memories()) {
      String name = prefix + "memories." + memory;
      add(name + ".w1", new Start.Normal(0.5 / Math.sqrt(hidden)), model.heads(), width, hidden);
      add(name + ".w2", new Start.Normal(1 / Math.sqrt(width)), model.heads(), hidden, width);
    }
    add(prefix + "output-norm.weight", new Start.Ones(), width);
    add(prefix + "output.weight", residualOutput(model), dim, dim);
  }

  private void attention(ModelConfig model, String prefix) {
    int dim = model.dim();
    int window = model.attention().convolution();
    add(prefix + "norm.weight", new Start.Ones(), dim);
    if (window > 0) {
      addTable(prefix + "convolution.weight", new Start.LastTap(), dim, window);
    }
    inputs(prefix, dim, List.of("q", "k", "v"));
    add(prefix + "output.weight", residualOutput(model), dim, dim);
  }

  // One after the other, so that the products with the same input are one.
  private void inputs(String prefix, int dim, List<String> names) {
    for (String name : names) {
      add(prefix + "inputs." + name + ".weight", MATRIX, dim, dim);
    }
  }

  // Smaller, so that the stream's variance does not grow with depth (GPT-2).
  private static Start residualOutput(ModelConfig model) {
    return new Start.Normal(0.02 / Math.sqrt(2.0 * model.layers()));
  }

  private void cms(ModelConfig model, CmsLevelConfig level) {
    int dim = model.dim();
    int hidden = level.hidden(dim);
    for (int block = 0; block < model.layers(); block++) {
      String prefix = "blocks." + block + ".cms." + level.name() + ".";
      add(prefix + "norm.weight", new Start.Ones(), dim);
      add(prefix + "up.weight", MATRIX, 2 * hidden, dim);
      add(prefix + "down.weight", residualOutput(model), dim, hidden);
    }
    // Last, so that they move no matrix off its place in a cache line.
    for (int block = 0; block < model.layers() && model.independentCms(); block++) {
      add("blocks." + block + ".cms." + level.name() + ".mix.weight", new Start.Ones(), 1);
    }
  }

  private void add(String name, Start start, Integer... shape) {
    add(name, start, shape.length > 1, shape);
  }

  private void addTable(String name, Start start, Integer... shape) {
    add(name, start, false, shape);
  }

  private void add(String name, Start start, boolean maps, Integer... shape) {
    TensorSpec tensor = new TensorSpec(name, List.of(shape), levels.size(), end, start, maps);
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
