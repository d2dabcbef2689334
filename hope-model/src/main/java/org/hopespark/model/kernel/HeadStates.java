// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.tensor.Slab;

/**
 * Initial states of the memories of one head, or their gradients, in the order of the parameters.
 */
public final class HeadStates {
  // The parameters list M_memory fifth, and M_q, which is there only where it writes, behind it.
  private static final int MEMORY = 4;

  final MemoryState[] projections;
  final MemoryState memory;
  private final int width;
  private final int hidden;

  public HeadStates(ModelConfig model) {
    width = model.headWidth();
    hidden = model.memoryHidden();
    projections = new MemoryState[model.memory().memories().size() - 1];
    for (int i = 0; i < projections.length; i++) {
      projections[i] = new MemoryState(width, hidden);
    }
    memory = new MemoryState(width, hidden);
  }

  /**
   * Points at head {@code head} of the parameters.
   *
   * @param first offset of the first memory's W1; memories follow one another, each as W1 of all
   *     heads, then W2 of all
   */
  public HeadStates moveTo(Slab slab, long first, int head, int heads) {
    long half = (long) width * hidden;
    for (int i = 0; i <= projections.length; i++) {
      long at = first + 2L * i * half * heads;
      state(i).moveTo(slab, at + head * half, at + heads * half + head * half);
    }
    return this;
  }

  private MemoryState state(int number) {
    return number == MEMORY ? memory : projections[number < MEMORY ? number : number - 1];
  }
}
