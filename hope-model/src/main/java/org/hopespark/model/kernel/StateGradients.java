// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Arena;

/**
 * Gradients of one memory's state after and before a chunk; going backward, the one before becomes
 * the one after.
 */
final class StateGradients {
  private MemoryState after;
  private MemoryState before;

  StateGradients(int width, int hidden, Arena scratch) {
    after = place(width, hidden, scratch);
    before = place(width, hidden, scratch);
  }

  private static MemoryState place(int width, int hidden, Arena scratch) {
    long at = scratch.reserve(MemoryState.size(width, hidden));
    return new MemoryState(width, hidden).moveTo(scratch.slab(), at);
  }

  /** Nothing reads the state after the last chunk. */
  void begin() {
    after.clear();
  }

  MemoryState after() {
    return after;
  }

  /** Clears and returns the gradient of the state before the chunk. */
  MemoryState before() {
    before.clear();
    return before;
  }

  /** The gradient of the state before the chunk as it stands. */
  MemoryState current() {
    return before;
  }

  void swap() {
    MemoryState done = after;
    after = before;
    before = done;
  }
}
