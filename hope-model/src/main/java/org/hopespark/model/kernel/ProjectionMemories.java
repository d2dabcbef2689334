// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import java.util.List;
import org.hopespark.model.config.MemoryConfig;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * M_k, M_v, M_eta, M_alpha and, where it writes, M_q of one head, chunk by chunk: each gives its
 * signal of the chunk from its state at the start (Eq. 90), then writes the chunk.
 */
final class ProjectionMemories {
  // Numbers of the memories, and where q, k and v have their lengths.
  private static final List<String> NAMES = List.of("k", "v", "eta", "alpha", "q");
  private static final int K = 0;
  private static final int V = 1;
  private static final int ETA = 2;
  private static final int ALPHA = 3;
  private static final int Q = 4;
  private static final int[] LENGTHS = {1, 2, -1, -1, 0};

  private final HeadShape shape;
  private final HeadTokens tokens;
  private final boolean[] writes;
  private final boolean unitValues;
  private final boolean retention;
  private final Gates gates;
  private final MemoryMap map;
  private final MemoryWrite write;
  private final WeightSums sums;
  private final ChunkState start;
  private final ChunkState next;
  private final StateGradients[] gradients;
  private final Matrix window;
  private final Matrix part;
  private final Matrix dPart;
  private final Matrix dRaw;
  private final float[] tile;
  private final float[] gradientTile;

  ProjectionMemories(
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
    int chunk = shape.projectionChunk();
    unitValues = config.unitValues();
    retention = config.retention();
    gates = new Gates(width, config);
    map = new MemoryMap(chunk, width, shape.hidden(), gemm, scratch);
    write = new MemoryWrite(in, shape, chunk, config, gemm, sums, scratch);
    start = new ChunkState(shape);
    next = new ChunkState(shape);
    writes = new boolean[shape.projections()];
    gradients = new StateGradients[shape.projections()];
    for (int i = 0; i < writes.length; i++) {
      writes[i] = config.writes(NAMES.get(i));
      gradients[i] = new StateGradients(shape, writes[i], scratch);
    }
    window = Matrix.unplaced(chunk, width, width);
    part = Matrix.unplaced(chunk, width, width);
    dPart = Matrix.unplaced(chunk, width, width);
    dRaw = scratch.matrix(chunk, width);
    tile = new float[chunk * width];
    gradientTile = new float[chunk * width];
  }

  /** Whether M_q is one of the memories here; else q is a row of the input matrix as it is. */
  boolean makeQueries() {
    return writes.length > Q;
  }

  void begin(HeadStates initial) {
    for (int i = 0; i < writes.length; i++) {
      tokens.cache.projection(start, i, 0).begin(initial.projections[i]);
    }
  }

  /** Signals of chunk {@code c}, from the states at its start. */
  void project(HeadWindows io, int c) {
    int from = c * shape.projectionChunk();
    int n = shape.tokensInProjection(c);
    unit(io.k, K, c, tokens.cache.keys(window, from, n));
    if (unitValues) {
      unit(io.v, V, c, tokens.cache.values(window, from, n));
    } else {
      map.forward(part.rowsOf(io.v, from, n), state(V, c), tokens.cache.values(window, from, n));
    }
    if (makeQueries()) {
      unit(io.q, Q, c, tokens.cache.queries(window, from, n));
    }
    part.rowsOf(io.x, from, n);
    dRaw.limit(n);
    map.forward(part, state(ETA, c), dRaw);
    dRaw.load(tile);
    gates.eta(tile, n, tokens.eta, from);
    if (retention) {
      map.forward(part, state(ALPHA, c), dRaw);
      dRaw.load(tile);
      gates.alpha(tile, n, tokens.alpha, from);
    } else {
      Arrays.fill(tokens.alpha, from, from + n, 1);
    }
  }

  private void unit(Matrix input, int memory, int c, Matrix out) {
    int from = c * shape.projectionChunk();
    map.forward(part.rowsOf(input, from, out.rows()), state(memory, c), out);
    out.load(tile);
    UnitRows.forward(tile, out.rows(), shape.width(), tokens.lengths[LENGTHS[memory]], from);
    out.store(tile);
  }

  /** Writes chunk {@code c}, whose tokens the chunk inputs show; the last one is never read. */
  void write(int c) {
    for (int i = 0; i < writes.length; i++) {
      if (writes[i] && c + 1 < shape.projectionChunks()) {
        tokens.cache.projection(start, i, c);
        write.forward(start, tokens.cache.projection(next, i, c + 1));
      }
    }
  }

  void beginBackward() {
    for (StateGradients gradient : gradients) {
      gradient.begin();
    }
  }

  /** The adjoint of {@link #write}, chunks in reverse. */
  void writeBackward(int c) {
    for (int i = 0; i < writes.length; i++) {
      ChunkState before = gradients[i].before();
      if (writes[i] && c + 1 < shape.projectionChunks()) {
        tokens.cache.projection(start, i, c);
        write.forward(start, null);
        write.backward(start, gradients[i].after(), before, false);
      }
    }
  }

  /** The adjoint of {@link #project}, after {@link #writeBackward} of the same chunk. */
  void projectBackward(HeadWindows io, HeadWindows dIo, int c) {
    int from = c * shape.projectionChunk();
    int n = shape.tokensInProjection(c);
    dRaw.limit(n);
    unitBackward(io.k, dIo.k, K, c, tokens.dK, tokens.cache.keys(window, from, n));
    if (unitValues) {
      unitBackward(io.v, dIo.v, V, c, tokens.dV, tokens.cache.values(window, from, n));
    } else {
      mapBackward(io.v, dIo.v, V, c, tokens.rows(window, tokens.dV, from, n));
    }
    if (makeQueries()) {
      unitBackward(io.q, dIo.q, Q, c, tokens.dQ, tokens.cache.queries(window, from, n));
    }
    gates.etaBackward(tokens.eta, tokens.dEta, from, n, tile);
    dRaw.store(tile);
    mapBackward(io.x, dIo.x, ETA, c, dRaw);
    if (retention) {
      gates.alphaBackward(tokens.alpha, tokens.dAlpha, from, n, tile);
      dRaw.store(tile);
      mapBackward(io.x, dIo.x, ALPHA, c, dRaw);
    }
    for (StateGradients gradient : gradients) {
      gradient.swap();
    }
  }

  private void unitBackward(
      Matrix input, Matrix dInput, int memory, int c, Matrix dUnit, Matrix unit) {
    int from = c * shape.projectionChunk();
    int n = unit.rows();
    unit.load(tile);
    dPart.rowsOf(dUnit, from, n).load(gradientTile);
    UnitRows.backward(tile, tokens.lengths[LENGTHS[memory]], from, gradientTile, n, shape.width());
    dRaw.store(gradientTile);
    mapBackward(input, dInput, memory, c, dRaw);
  }

  private void mapBackward(Matrix input, Matrix dInput, int memory, int c, Matrix dOut) {
    int from = c * shape.projectionChunk();
    part.rowsOf(input, from, dOut.rows());
    dPart.rowsOf(dInput, from, dOut.rows());
    map.backward(part, state(memory, c), dOut, dPart, gradients[memory].current().weights);
  }

  void endBackward(HeadStates dInitial) {
    for (int i = 0; i < gradients.length; i++) {
      MemoryState gradient = gradients[i].after().weights;
      sums.add(dInitial.projections[i].w1, 1, gradient.w1);
      sums.add(dInitial.projections[i].w2, 1, gradient.w2);
    }
  }

  private MemoryState state(int memory, int c) {
    return tokens.cache.projection(start, memory, writes[memory] ? c : 0).weights;
  }
}
