// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * M_memory of one head, chunk by chunk: the queries read it, then the chunk is written. It reads as
 * it stands before each token ({@code read: current}), or as it stood at the chunk's start.
 */
final class OutputMemory {
  private final HeadShape shape;
  private final HeadTokens tokens;
  private final boolean writes;
  private final boolean current;
  private final MemoryWrite write;
  private final MemoryRead read;
  private final MemoryMap map;
  private final WeightSums sums;
  private final ChunkState start;
  private final ChunkState next;
  private final StateGradients gradients;
  private final Matrix queries;
  private final Matrix part;
  private final Matrix dQueries;

  OutputMemory(
      HeadShape shape,
      MemoryConfig config,
      HeadTokens tokens,
      ChunkInputs in,
      Gemm gemm,
      WeightSums sums,
      Arena scratch) {
    this.shape = shape;
    this.tokens = tokens;
    this.sums = sums;
    int width = shape.width();
    int chunk = shape.chunk();
    writes = config.writes("memory");
    current = config.readsCurrent();
    write = writes ? new MemoryWrite(in, shape, chunk, config, gemm, sums, scratch) : null;
    read = current ? new MemoryRead(in, write, shape, gemm, scratch) : null;
    map = current ? null : new MemoryMap(chunk, width, shape.hidden(), gemm, scratch);
    start = new ChunkState(shape);
    next = new ChunkState(shape);
    gradients = new StateGradients(shape, writes, scratch);
    queries = Matrix.unplaced(chunk, width, width);
    part = Matrix.unplaced(chunk, width, width);
    dQueries = Matrix.unplaced(chunk, width, width);
  }

  void begin(HeadStates initial) {
    tokens.cache.memory(start, 0).begin(initial.memory);
  }

  /** Chunk {@code c}, whose tokens the chunk inputs show. */
  void forward(HeadWindows io, int c) {
    boolean last = c + 1 == shape.chunks();
    place(c);
    part.rowsOf(io.out, c * shape.chunk(), shape.tokensIn(c));
    if (writes && (current || !last)) {
      write.forward(start, last ? null : tokens.cache.memory(next, c + 1));
    }
    if (current) {
      read.forward(start, queries, part);
    } else {
      map.forward(queries, start.weights, part);
    }
  }

  void beginBackward() {
    gradients.begin();
  }

  /** The adjoint of {@link #forward}, chunks in reverse. */
  void backward(HeadWindows dIo, int c) {
    boolean last = c + 1 == shape.chunks();
    place(c);
    int from = c * shape.chunk();
    int n = shape.tokensIn(c);
    part.rowsOf(dIo.out, from, n);
    tokens.rows(dQueries, tokens.dQ, from, n);
    ChunkState before = gradients.before();
    if (writes && (current || !last)) {
      write.forward(start, null);
    }
    if (current) {
      read.activate(start, queries);
      read.backward(start, queries, part, dQueries, before);
    } else {
      map.backward(queries, start.weights, part, dQueries, before.weights);
    }
    if (writes && (current || !last)) {
      write.backward(start, last ? null : gradients.after(), before, current);
    }
    gradients.swap();
  }

  void endBackward(HeadStates dInitial) {
    MemoryState gradient = gradients.after().weights;
    sums.add(dInitial.memory.w1, 1, gradient.w1);
    sums.add(dInitial.memory.w2, 1, gradient.w2);
  }

  private void place(int c) {
    tokens.cache.memory(start, writes ? c : 0);
    tokens.cache.queries(queries, c * shape.chunk(), shape.tokensIn(c));
  }
}
