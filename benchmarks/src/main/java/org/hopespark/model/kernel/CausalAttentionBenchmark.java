// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.concurrent.TimeUnit;
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
 * Softmax attention of one head of width 64 over 256 tokens. Run with {@code benchmarks/run
 * CausalAttentionBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CausalAttentionBenchmark {
  private static final int TOKENS = 256;
  private static final int WIDTH = 64;

  private BenchmarkArena memory;
  private CausalAttention attention;
  private AttentionWindows io;
  private AttentionWindows dIo;
  private final float[] logSums = new float[TOKENS];

  @Setup
  public void allocate() {
    memory = new BenchmarkArena(1 << 20);
    attention = new CausalAttention(TOKENS, WIDTH, new Gemm(), memory.arena());
    io = windows();
    dIo = windows();
    attention.forward(io, logSums, 0);
  }

  private AttentionWindows windows() {
    Matrix inputs = memory.matrix(TOKENS, 3 * 256);
    Matrix outputs = memory.matrix(TOKENS, 256);
    return new AttentionWindows(TOKENS, WIDTH, 256).moveTo(inputs, outputs, 0, 0);
  }

  @Benchmark
  public void forward() {
    attention.forward(io, logSums, 0);
  }

  @Benchmark
  public void backward() {
    attention.backward(io, dIo, logSums, 0);
  }

  @TearDown
  public void free() {
    memory.close();
  }
}
