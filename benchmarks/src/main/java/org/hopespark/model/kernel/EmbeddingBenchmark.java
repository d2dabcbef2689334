// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.SplittableRandom;
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
 * Gather of 512 rows of width 256 from a table of 8192, and the scatter of their gradients in the
 * order of the tokens. Run with {@code benchmarks/run EmbeddingBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EmbeddingBenchmark {
  private static final int VOCABULARY = 8192;

  private final Embedding embedding = new Embedding(256);
  private final int[] tokens = new SplittableRandom(1).ints(512, 0, VOCABULARY).toArray();
  private BenchmarkArena memory;
  private Matrix table;
  private Matrix rows;

  @Setup
  public void allocate() {
    memory = new BenchmarkArena(1 << 22);
    table = memory.matrix(VOCABULARY, 256);
    rows = memory.matrix(512, 256);
  }

  @Benchmark
  public void gather() {
    embedding.forward(tokens, 0, table, rows);
  }

  @Benchmark
  public void scatter() {
    embedding.backward(tokens, 0, rows, table);
  }

  @TearDown
  public void free() {
    memory.close();
  }
}
