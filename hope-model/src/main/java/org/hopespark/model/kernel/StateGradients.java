// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Arena;

/**
 * Gradients of one memory's state after and before a chunk; going backward, the one before becomes
 * the one after. A memory that does not write has one state for all chunks, so both are one.
 */
final class StateGradients {
  private final boolean writes;
  private ChunkState after;
  private ChunkState before;

  StateGradients(HeadShape shape, boolean writes, Arena scratch) {
    this.writes = writes;
    after = place(shape, scratch);
    before = writes ? place(shape, scratch) : after;
  }

  private static ChunkState place(HeadShape shape, Arena scratch) {
    return new ChunkState(shape).moveTo(scratch.slab(), scratch.reserve(shape.stateSize()));
  }

  /** Nothing reads the state after the last chunk. */
  void begin() {
    after.clear();
  }

  ChunkState after() {
    return after;
  }

  /** Prepares and returns the gradient of the state before the chunk. */
  ChunkState before() {
    if (writes) {
      before.clear();
    }
    return before;
  }

  /** The gradient of the state before the chunk as it stands. */
  ChunkState current() {
    return before;
  }

  void swap() {
    ChunkState done = after;
    after = before;
    before = done;
  }
}
