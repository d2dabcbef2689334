// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.config.ModelConfig;

/**
 * Sizes of the memories of one head over one sequence.
 *
 * @param tokens T
 * @param width d
 * @param hidden h
 * @param chunk of M_memory
 * @param projectionChunk of the other memories
 */
record HeadShape(int tokens, int width, int hidden, int chunk, int projectionChunk) {
  static HeadShape of(ModelConfig model, int tokens) {
    return new HeadShape(
        tokens,
        model.headWidth(),
        model.memoryHidden(),
        Math.min(tokens, model.memory().chunk()),
        Math.min(tokens, model.memory().projectionChunk()));
  }

  int chunks() {
    return (tokens + chunk - 1) / chunk;
  }

  int projectionChunks() {
    return (tokens + projectionChunk - 1) / projectionChunk;
  }

  long stateSize() {
    return MemoryState.size(width, hidden);
  }
}
