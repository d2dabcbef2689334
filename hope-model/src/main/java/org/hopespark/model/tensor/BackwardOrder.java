// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Stages;

/**
 * The order in which a backward pass finishes gradients: a stage for every layer, from the last
 * block to the first and in a block from the slowest CMS level to what mixes tokens; then one for
 * the embedding, which as the head is begun first and as the input finished last. The last norm is
 * final with the first stage.
 */
public final class BackwardOrder {
  private static final String BLOCKS = "blocks.";

  private final ModelConfig model;
  private final List<Stages> levels = new ArrayList<>();

  /** The order for a model with this layout. */
  public BackwardOrder(ModelConfig model, ParameterLayout layout) {
    this.model = model;
    for (Level level : layout.levels()) {
      levels.add(stages(layout, level));
    }
  }

  private Stages stages(ParameterLayout layout, Level level) {
    List<Long> bounds = new ArrayList<>();
    List<Integer> stages = new ArrayList<>();
    for (TensorSpec tensor : layout.tensors()) {
      if (tensor.level() == level.index()) {
        int stage = stage(tensor);
        if (stages.isEmpty() || stages.get(stages.size() - 1) != stage) {
          bounds.add(tensor.offset() - level.offset());
          stages.add(stage);
        }
      }
    }
    bounds.add(level.length());
    return new Stages(bounds, stages);
  }

  private int stage(TensorSpec tensor) {
    if (!tensor.name().startsWith(BLOCKS)) {
      return tensor.name().startsWith("embedding.") ? numStages() - 1 : 0;
    }
    int end = tensor.name().indexOf('.', BLOCKS.length());
    int block = Integer.parseInt(tensor.name().substring(BLOCKS.length(), end));
    int first = (model.layers() - 1 - block) * layersPerBlock();
    if (tensor.level() == 0) {
      return first + layersPerBlock() - 1;
    }
    return model.independentCms() ? first : first + model.cms().size() - tensor.level();
  }

  // CMS levels are layers of their own, unless one layer adds them up.
  private int layersPerBlock() {
    return 1 + (model.independentCms() ? 1 : model.cms().size());
  }

  /** Number of stages: of layers, and one. */
  public int numStages() {
    return model.layers() * layersPerBlock() + 1;
  }

  /** When which part of {@code level} is final. */
  public Stages of(Level level) {
    return levels.get(level.index());
  }
}
