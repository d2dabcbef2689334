// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;

/**
 * The six memories of one head over one sequence (Eq. 86 to 90): forward in the order of the
 * tokens, backward in reverse, through every write. Nothing flows from M_memory back to the others,
 * so their chunks need not agree: where they do, a chunk is prepared once for all, else M_memory
 * runs after the others have seen the whole sequence.
 */
public final class HeadMemories {
  private final HeadShape shape;
  private final HeadTokens tokens;
  private final ChunkInputs projectionInputs;
  private final ChunkInputs memoryInputs;
  private final ProjectionMemories projections;
  private final OutputMemory memory;
  private final boolean together;
  private final Matrix queries;
  private final float[] tile;
  private final float[] gradientTile;

  public HeadMemories(ModelConfig model, int numTokens, Gemm gemm, Arena scratch) {
    shape = HeadShape.of(model, numTokens);
    MemoryConfig config = model.memory();
    int width = shape.width();
    together = shape.chunk() == shape.projectionChunk();
    tokens = new HeadTokens(shape, scratch);
    projectionInputs = new ChunkInputs(shape.projectionChunk(), width, config, gemm, scratch);
    memoryInputs =
        together ? projectionInputs : new ChunkInputs(shape.chunk(), width, config, gemm, scratch);
    WeightSums sums = new WeightSums(width * shape.hidden());
    projections =
        new ProjectionMemories(shape, config, tokens, projectionInputs, gemm, sums, scratch);
    memory = new OutputMemory(shape, config, tokens, memoryInputs, gemm, sums, scratch);
    queries = Matrix.unplaced(numTokens, width, width);
    tile = new float[numTokens * width];
    gradientTile = new float[numTokens * width];
  }

  /** Elements that the forward pass of one head over one sequence keeps. */
  public static long cacheSize(ModelConfig model, int tokens) {
    return HeadCache.size(HeadShape.of(model, tokens));
  }

  /** Those of {@link #cacheSize} that hold states of the memories at the starts of chunks. */
  public static long statesSize(ModelConfig model, int tokens) {
    return HeadCache.statesSize(HeadShape.of(model, tokens));
  }

  /** Overwrites {@code io.out}; keeps what {@link #backward} needs at {@code cacheAt}. */
  public void forward(HeadStates initial, HeadWindows io, Slab cacheSlab, long cacheAt) {
    tokens.cache.moveTo(cacheSlab, cacheAt);
    if (!projections.makeQueries()) {
      io.q.load(tile);
      UnitRows.forward(tile, shape.tokens(), shape.width(), tokens.lengths[0], 0);
      tokens.cache.queries(queries, 0, shape.tokens()).store(tile);
    }
    projections.begin(initial);
    memory.begin(initial);
    for (int c = 0; c < shape.projectionChunks(); c++) {
      projections.project(io, c);
      prepareProjections(c);
      projections.write(c);
      if (together) {
        memory.forward(io, c);
      }
    }
    for (int c = 0; c < shape.chunks() && !together; c++) {
      prepareMemory(c);
      memory.forward(io, c);
    }
    tokens.store();
  }

  /**
   * The adjoint of {@link #forward}: overwrites the gradients of q, x, k and v in {@code dIo},
   * whose {@code out} holds that of the output, and adds to those of the initial states.
   */
  public void backward(
      HeadWindows io, HeadWindows dIo, HeadStates dInitial, Slab cacheSlab, long cacheAt) {
    tokens.cache.moveTo(cacheSlab, cacheAt);
    tokens.beginBackward(dIo);
    projections.beginBackward();
    memory.beginBackward();
    for (int c = shape.chunks() - 1; c >= 0 && !together; c--) {
      prepareMemory(c);
      memory.backward(dIo, c);
      tokens.finish(memoryInputs, c * shape.chunk());
    }
    for (int c = shape.projectionChunks() - 1; c >= 0; c--) {
      prepareProjections(c);
      if (together) {
        memory.backward(dIo, c);
      }
      projections.writeBackward(c);
      tokens.finish(projectionInputs, c * shape.projectionChunk());
      projections.projectBackward(io, dIo, c);
    }
    projections.endBackward(dInitial);
    memory.endBackward(dInitial);
    if (!projections.makeQueries()) {
      tokens.cache.queries(queries, 0, shape.tokens()).load(tile);
      tokens.dQ.load(gradientTile);
      UnitRows.backward(tile, tokens.lengths[0], 0, gradientTile, shape.tokens(), shape.width());
      dIo.q.store(gradientTile);
    }
  }

  private void prepareProjections(int c) {
    tokens.prepare(projectionInputs, c * shape.projectionChunk(), shape.tokensInProjection(c));
  }

  private void prepareMemory(int c) {
    tokens.prepare(memoryInputs, c * shape.chunk(), shape.tokensIn(c));
  }
}
