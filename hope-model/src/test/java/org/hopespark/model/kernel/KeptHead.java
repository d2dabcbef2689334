// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;

/** What the forward pass of one head over one sequence has kept, for tests of other packages. */
public final class KeptHead {
  private final HeadShape shape;
  private final HeadCache cache;

  public KeptHead(ModelConfig model, int tokens, Slab slab, long at) {
    shape = HeadShape.of(model, tokens);
    cache = new HeadCache(shape).moveTo(slab, at);
  }

  /** T x d of {@code q}, {@code k} or {@code v}, rows of length one; T of {@code eta, alpha}. */
  public float[] read(String name) {
    return switch (name) {
      case "q" -> rows(cache.queries(window(), 0, shape.tokens()));
      case "k" -> rows(cache.keys(window(), 0, shape.tokens()));
      case "v" -> rows(cache.values(window(), 0, shape.tokens()));
      case "eta" -> scalars()[3];
      case "alpha" -> scalars()[4];
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** W1 (d x h), then W2 (h x d), of a memory at the start of its chunk {@code chunk}, packed. */
  public float[][] state(String memory, int chunk) {
    ChunkState state = new ChunkState(shape);
    int index = MemoryConfig.MEMORIES.indexOf(memory);
    if (memory.equals("memory")) {
      cache.memory(state, chunk);
    } else {
      cache.projection(state, index, chunk);
    }
    float[][] values = new float[2][shape.width() * shape.hidden()];
    state.weights.w1.load(values[0]);
    state.weights.w2.load(values[1]);
    return values;
  }

  private Matrix window() {
    return Matrix.unplaced(shape.tokens(), shape.width(), shape.width());
  }

  private float[] rows(Matrix window) {
    float[] values = new float[shape.tokens() * shape.width()];
    window.load(values);
    return values;
  }

  private float[][] scalars() {
    float[][] scalars = new float[5][shape.tokens()];
    cache.loadScalars(scalars);
    return scalars;
  }
}
