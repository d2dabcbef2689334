// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Slab;

/**
 * Initial states of the five learning memories of one head, or their gradients: k, v, eta, alpha,
 * memory.
 */
public final class HeadStates {
  final MemoryState[] projections = new MemoryState[HeadCache.PROJECTIONS];
  final MemoryState memory;
  private final int width;
  private final int hidden;

  public HeadStates(int width, int hidden) {
    this.width = width;
    this.hidden = hidden;
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
      MemoryState state = i < projections.length ? projections[i] : memory;
      long at = first + 2L * i * half * heads;
      state.moveTo(slab, at + head * half, at + heads * half + head * half);
    }
    return this;
  }
}
