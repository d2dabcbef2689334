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
 * @param projections number of the other memories: k, v, eta, alpha and, where it writes, q
 * @param momentum whether every memory carries a surprise as well
 */
record HeadShape(
    int tokens,
    int width,
    int hidden,
    int chunk,
    int projectionChunk,
    int projections,
    boolean momentum) {
  static HeadShape of(ModelConfig model, int tokens) {
    return new HeadShape(
        tokens,
        model.headWidth(),
        model.memoryHidden(),
        Math.min(tokens, model.memory().chunk()),
        Math.min(tokens, model.memory().projectionChunk()),
        model.memory().memories().size() - 1,
        model.memory().momentum() > 0);
  }

  int chunks() {
    return (tokens + chunk - 1) / chunk;
  }

  int projectionChunks() {
    return (tokens + projectionChunk - 1) / projectionChunk;
  }

  /** Tokens in chunk {@code c} of M_memory. */
  int tokensIn(int c) {
    return Math.min(chunk, tokens - c * chunk);
  }

  /** Tokens in chunk {@code c} of the other memories. */
  int tokensInProjection(int c) {
    return Math.min(projectionChunk, tokens - c * projectionChunk);
  }

  /** Elements that one memory carries from chunk to chunk. */
  long stateSize() {
    return (momentum ? 2 : 1) * MemoryState.size(width, hidden);
  }
}
