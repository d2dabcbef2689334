// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.hopespark.model.config.ModelConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.BenchmarkArena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One memory of width 64 over one chunk of 64 tokens: its write, the read inside the chunk, and the
 * adjoints of both. Run with {@code benchmarks/run MemoryChunkBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MemoryChunkBenchmark {
  private static final int CHUNK = 64;
  private static final int WIDTH = 64;

  private BenchmarkArena memory;
  private MemoryWrite write;
  private MemoryRead read;
  private ChunkState start;
  private ChunkState next;
  private ChunkState dNext;
  private ChunkState dStart;
  private Matrix queries;
  private Matrix dQueries;
  private Matrix out;

  @Setup
  public void allocate() {
    ModelConfig model = RunConfig.read(InputStream.nullInputStream(), List.of()).model();
    memory = new BenchmarkArena(1 << 20);
    HeadShape shape = HeadShape.of(model, CHUNK);
    Gemm gemm = new Gemm();
    ChunkInputs in = new ChunkInputs(CHUNK, WIDTH, model.memory(), gemm, memory.arena());
    WeightSums sums = new WeightSums(WIDTH * shape.hidden());
    write = new MemoryWrite(in, shape, CHUNK, model.memory(), gemm, sums, memory.arena());
    read = new MemoryRead(in, write, shape, gemm, memory.arena());
    start = state(shape);
    next = state(shape);
    dNext = state(shape);
    dStart = state(shape);
    place(in.k, 1);
    place(in.v, 1);
    place(in.dK, 0);
    place(in.dV, 0);
    queries = memory.matrix(CHUNK, WIDTH);
    dQueries = memory.matrix(CHUNK, WIDTH);
    out = memory.matrix(CHUNK, WIDTH);
    float[] rates = new float[CHUNK];
    float[] kept = new float[CHUNK];
    Arrays.fill(rates, 0.2f);
    Arrays.fill(kept, 0.99f);
    in.prepare(rates, kept, 0, CHUNK);
    write.forward(start, next);
    read.activate(start, queries);
  }

  private ChunkState state(HeadShape shape) {
    ChunkState state = new ChunkState(shape);
    state.moveTo(memory.arena().slab(), memory.arena().reserve(shape.stateSize()));
    // Weights as they start: a tenth of what the arena holds.
    scale(state.weights.w1, 0.1f);
    scale(state.weights.w2, 0.1f);
    return state;
  }

  private void place(Matrix window, float scale) {
    window.moveTo(memory.arena().slab(), memory.arena().reserve((long) CHUNK * WIDTH));
    // Rows of about length one: 64 even values in (-1, 1) have length 4.6.
    scale(window, scale / 4.6f);
  }

  private static void scale(Matrix window, float by) {
    float[] values = new float[window.rows() * window.columns()];
    window.load(values);
    for (int i = 0; i < values.length; i++) {
      values[i] *= by;
    }
    window.store(values);
  }

  @Benchmark
  public void writeForward() {
    write.forward(start, next);
  }

  /** Adds to its gradients, which stay finite however often it runs. */
  @Benchmark
  public void writeForwardAndBackward() {
    write.forward(start, null);
    write.backward(start, dNext, dStart, /* afterRead= */ false);
  }

  @Benchmark
  public void readForward() {
    read.forward(start, queries, out);
  }

  @Benchmark
  public void readActivateAndBackward() {
    read.activate(start, queries);
    read.backward(start, queries, out, dQueries, dStart);
  }

  @TearDown
  public void free() {
    memory.close();
  }
}
