// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.concurrent.TimeUnit;
import org.hopespark.model.tensor.BenchmarkArena;
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
 * Rotary embedding of queries and keys: 256 tokens, 2 x 4 heads of width 64, in place. Run with
 * {@code benchmarks/run RotaryEmbeddingBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RotaryEmbeddingBenchmark {
  private final RotaryEmbedding rotary = new RotaryEmbedding(256, 512, 64, 10_000);
  private BenchmarkArena memory;
  private Matrix rows;

  @Setup
  public void allocate() {
    memory = new BenchmarkArena(1 << 18);
    rows = memory.matrix(256, 512);
  }

  @Benchmark
  public void forward() {
    rotary.forward(rows);
  }

  @Benchmark
  public void backward() {
    rotary.backward(rows);
  }

  @TearDown
  public void free() {
    memory.close();
  }
}
