// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;

/**
 * The six memories of one head over one sequence (Eq. 86 to 90): forward in the order of the
 * tokens, backward in reverse, through every write. The projection memories (k, v, eta, alpha) run
 * first over the whole sequence, M_memory after them; nothing flows from M_memory back to the
 * others, so their chunks need not agree.
 */
public final class HeadMemories {
  private static final int K = 0;
  private static final int V = 1;
  private static final int ETA = 2;
  private static final int ALPHA = 3;

  private final HeadShape shape;
  private final HeadCache cache;
  private final Gates gates;
  private final MemoryMap map;
  private final ChunkInputs projectionInputs;
  private final ChunkInputs memoryInputs;
  private final MemoryWrite projectionWrite;
  private final MemoryWrite memoryWrite;
  private final MemoryRead read;

  private final Matrix window;
  private final Matrix queries;
  private final Matrix part;
  private final Matrix outputPart;
  private final MemoryState start;
  private final MemoryState next;
  private final float[] tile;
  private final float[] gradientTile;

  // Lengths of raw q, k and v, then eta and alpha, of every token.
  private final float[][] scalars;
  private final float[] dEta;
  private final float[] dAlpha;

  private final Matrix dQ;
  private final Matrix dK;
  private final Matrix dV;
  private final Matrix dRaw;
  private final Matrix dPart;
  private final Matrix dWindow;
  private final StateGradients[] dProjections = new StateGradients[HeadCache.PROJECTIONS];
  private final StateGradients dMemory;

  public HeadMemories(ModelConfig model, int tokens, Gemm gemm, Arena scratch) {
    shape = HeadShape.of(model, tokens);
    int width = shape.width();
    int hidden = shape.hidden();
    int longest = Math.max(shape.chunk(), shape.projectionChunk());
    cache = new HeadCache(shape);
    gates = new Gates(width, model.memory());
    map = new MemoryMap(shape.projectionChunk(), width, hidden, gemm, scratch);
    projectionInputs = new ChunkInputs(shape.projectionChunk(), width, gemm, scratch);
    memoryInputs = new ChunkInputs(shape.chunk(), width, gemm, scratch);
    double w2Rate = model.memory().w2Rate();
    projectionWrite =
        new MemoryWrite(shape.projectionChunk(), width, hidden, w2Rate, gemm, scratch);
    memoryWrite = new MemoryWrite(shape.chunk(), width, hidden, w2Rate, gemm, scratch);
    read = new MemoryRead(shape.chunk(), width, hidden, gemm, scratch);
    window = Matrix.unplaced(longest, width, width);
    queries = Matrix.unplaced(longest, width, width);
    part = Matrix.unplaced(longest, width, width);
    outputPart = Matrix.unplaced(longest, width, width);
    start = new MemoryState(width, hidden);
    next = new MemoryState(width, hidden);
    tile = new float[tokens * width];
    gradientTile = new float[tokens * width];
    scalars = new float[5][tokens];
    dEta = new float[tokens];
    dAlpha = new float[tokens];
    dQ = scratch.matrix(tokens, width);
    dK = scratch.matrix(tokens, width);
    dV = scratch.matrix(tokens, width);
    dRaw = scratch.matrix(longest, width);
    dPart = Matrix.unplaced(longest, width, width);
    dWindow = Matrix.unplaced(longest, width, width);
    for (int i = 0; i < dProjections.length; i++) {
      dProjections[i] = new StateGradients(width, hidden, scratch);
    }
    dMemory = new StateGradients(width, hidden, scratch);
  }

  /** Elements that the forward pass of one head over one sequence keeps. */
  public static long cacheSize(ModelConfig model, int tokens) {
    return HeadCache.size(HeadShape.of(model, tokens));
  }

  /** Overwrites {@code io.out}; keeps what {@link #backward} needs at {@code cacheAt}. */
  public void forward(HeadStates initial, HeadWindows io, Slab cacheSlab, long cacheAt) {
    cache.moveTo(cacheSlab, cacheAt);
    io.q.load(tile);
    UnitRows.forward(tile, shape.tokens(), shape.width(), scalars[0], 0);
    cache.queries(queries, 0, shape.tokens()).store(tile);
    for (int i = 0; i < HeadCache.PROJECTIONS; i++) {
      cache.projection(start, i, 0).copy(initial.projections[i]);
    }
    for (int c = 0; c < shape.projectionChunks(); c++) {
      project(io, c);
      if (c + 1 < shape.projectionChunks()) {
        writeProjections(c);
      }
    }
    cache.storeScalars(scalars);
    cache.memory(start, 0).copy(initial.memory);
    for (int c = 0; c < shape.chunks(); c++) {
      boolean last = c + 1 == shape.chunks();
      writeMemory(c, last ? null : cache.memory(next, c + 1));
      int from = c * shape.chunk();
      outputPart.rowsOf(io.out, from, memoryInputs.n);
      read.forward(
          memoryInputs,
          memoryWrite,
          start,
          cache.queries(queries, from, memoryInputs.n),
          outputPart);
    }
  }

  // k, v, eta and alpha of one chunk, from the states at its start.
  private void project(HeadWindows io, int c) {
    int from = c * shape.projectionChunk();
    int n = Math.min(shape.projectionChunk(), shape.tokens() - from);
    unit(io.k, K, c, from, n, cache.keys(window, from, n));
    unit(io.v, V, c, from, n, cache.values(window, from, n));
    part.rowsOf(io.x, from, n);
    dRaw.limit(n);
    map.forward(part, cache.projection(start, ETA, c), dRaw);
    dRaw.load(tile);
    gates.eta(tile, n, scalars[3], from);
    map.forward(part, cache.projection(start, ALPHA, c), dRaw);
    dRaw.load(tile);
    gates.alpha(tile, n, scalars[4], from);
  }

  private void unit(Matrix input, int memory, int c, int from, int n, Matrix out) {
    part.rowsOf(input, from, n);
    map.forward(part, cache.projection(start, memory, c), out);
    out.load(tile);
    UnitRows.forward(tile, n, shape.width(), scalars[1 + memory], from);
    out.store(tile);
  }

  private void writeProjections(int c) {
    prepare(projectionInputs, c * shape.projectionChunk(), shape.projectionChunk());
    for (int i = 0; i < HeadCache.PROJECTIONS; i++) {
      projectionWrite.forward(
          projectionInputs, cache.projection(start, i, c), cache.projection(next, i, c + 1));
    }
  }

  private void writeMemory(int c, MemoryState after) {
    prepare(memoryInputs, c * shape.chunk(), shape.chunk());
    memoryWrite.forward(memoryInputs, cache.memory(start, c), after);
  }

  private void prepare(ChunkInputs inputs, int from, int chunk) {
    int n = Math.min(chunk, shape.tokens() - from);
    cache.keys(inputs.k, from, n);
    cache.values(inputs.v, from, n);
    inputs.prepare(scalars[3], scalars[4], from, n);
  }

  /**
   * The adjoint of {@link #forward}: overwrites the gradients of q, x, k and v in {@code dIo},
   * whose {@code out} holds that of the output, and adds to those of the initial states.
   */
  public void backward(
      HeadWindows io, HeadWindows dIo, HeadStates dInitial, Slab cacheSlab, long cacheAt) {
    cache.moveTo(cacheSlab, cacheAt);
    cache.loadScalars(scalars);
    Arrays.fill(gradientTile, 0);
    for (Matrix gradient : new Matrix[] {dQ, dK, dV, dIo.x, dIo.k, dIo.v}) {
      gradient.store(gradientTile);
    }
    Arrays.fill(dEta, 0);
    Arrays.fill(dAlpha, 0);
    memoryBackward(dIo);
    dInitial.memory.addScaled(1, dMemory.after());
    projectionsBackward(io, dIo);
    for (int i = 0; i < HeadCache.PROJECTIONS; i++) {
      dInitial.projections[i].addScaled(1, dProjections[i].after());
    }
    cache.queries(queries, 0, shape.tokens()).load(tile);
    dQ.load(gradientTile);
    UnitRows.backward(tile, scalars[0], 0, gradientTile, shape.tokens(), shape.width());
    dIo.q.store(gradientTile);
  }

  private void memoryBackward(HeadWindows dIo) {
    dMemory.begin();
    for (int c = shape.chunks() - 1; c >= 0; c--) {
      int from = c * shape.chunk();
      writeMemory(c, null);
      int n = memoryInputs.n;
      gradients(memoryInputs, from, n);
      cache.queries(queries, from, n);
      // Into scratch: the output is known, its intermediate values are wanted.
      read.forward(memoryInputs, memoryWrite, start, queries, dRaw.limit(n));
      memoryWrite.clearGradients(n);
      dPart.rowsOf(dIo.out, from, n);
      dWindow.moveTo(dQ.slab(), dQ.offset() + (long) from * shape.width()).limit(n);
      MemoryState dStart = dMemory.before();
      read.backward(memoryInputs, memoryWrite, start, queries, dPart, dWindow, dStart);
      memoryWrite.backward(memoryInputs, start, dMemory.after(), dStart);
      finish(memoryInputs, from);
      dMemory.swap();
    }
  }

  private void projectionsBackward(HeadWindows io, HeadWindows dIo) {
    for (StateGradients gradient : dProjections) {
      gradient.begin();
    }
    for (int c = shape.projectionChunks() - 1; c >= 0; c--) {
      int from = c * shape.projectionChunk();
      int n = Math.min(shape.projectionChunk(), shape.tokens() - from);
      for (StateGradients gradient : dProjections) {
        gradient.before();
      }
      if (c + 1 < shape.projectionChunks()) {
        prepare(projectionInputs, from, shape.projectionChunk());
        gradients(projectionInputs, from, n);
        for (int i = 0; i < HeadCache.PROJECTIONS; i++) {
          projectionWrite.forward(projectionInputs, cache.projection(start, i, c), null);
          projectionWrite.clearGradients(n);
          projectionWrite.backward(
              projectionInputs, start, dProjections[i].after(), dProjections[i].current());
        }
        finish(projectionInputs, from);
      }
      projectBackward(io, dIo, c, from, n);
      for (StateGradients gradient : dProjections) {
        gradient.swap();
      }
    }
  }

  private void projectBackward(HeadWindows io, HeadWindows dIo, int c, int from, int n) {
    dRaw.limit(n);
    unitBackward(io.k, dIo.k, K, c, from, n, dK, cache.keys(window, from, n));
    unitBackward(io.v, dIo.v, V, c, from, n, dV, cache.values(window, from, n));
    part.rowsOf(io.x, from, n);
    dPart.rowsOf(dIo.x, from, n);
    gates.etaBackward(scalars[3], dEta, from, n, tile);
    dRaw.store(tile);
    map.backward(part, cache.projection(start, ETA, c), dRaw, dPart, dProjections[ETA].current());
    gates.alphaBackward(scalars[4], dAlpha, from, n, tile);
    dRaw.store(tile);
    map.backward(
        part, cache.projection(start, ALPHA, c), dRaw, dPart, dProjections[ALPHA].current());
  }

  private void unitBackward(
      Matrix input, Matrix dInput, int memory, int c, int from, int n, Matrix dUnit, Matrix unit) {
    dWindow.moveTo(dUnit.slab(), dUnit.offset() + (long) from * shape.width()).limit(n);
    dWindow.load(gradientTile);
    unit.load(tile);
    UnitRows.backward(tile, scalars[1 + memory], from, gradientTile, n, shape.width());
    dRaw.store(gradientTile);
    part.rowsOf(input, from, n);
    dPart.rowsOf(dInput, from, n);
    map.backward(
        part, cache.projection(start, memory, c), dRaw, dPart, dProjections[memory].current());
  }

  private void gradients(ChunkInputs inputs, int from, int n) {
    long row = (long) from * shape.width();
    inputs.dK.moveTo(dK.slab(), dK.offset() + row).limit(n);
    inputs.dV.moveTo(dV.slab(), dV.offset() + row).limit(n);
  }

  private void finish(ChunkInputs inputs, int from) {
    inputs.retention.backward(dAlpha, from);
    for (int t = 0; t < inputs.n; t++) {
      dEta[from + t] += inputs.dEta[t];
    }
  }
}
