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
 * Head and loss of one block, 128 rows of 256 over a vocabulary of 8192, its products included. Run
 * with {@code benchmarks/run CrossEntropyBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CrossEntropyBenchmark {
  private static final int ROWS = 128;
  private static final int VOCABULARY = 8192;

  private BenchmarkArena memory;
  private CrossEntropy loss;
  private Matrix hidden;
  private Matrix dHidden;
  private Matrix table;
  private Matrix dTable;
  private final int[] targets = new int[ROWS];
  private final double[] losses = new double[ROWS];

  @Setup
  public void allocate() {
    memory = new BenchmarkArena(1 << 23);
    long logits = memory.arena().reserve((long) ROWS * VOCABULARY);
    loss = new CrossEntropy(new Gemm(), memory.arena().slab(), logits, ROWS, VOCABULARY);
    hidden = memory.matrix(ROWS, 256);
    dHidden = memory.matrix(ROWS, 256);
    table = memory.matrix(VOCABULARY, 256);
    dTable = memory.matrix(VOCABULARY, 256);
    for (int i = 0; i < ROWS; i++) {
      targets[i] = i * 61 % VOCABULARY;
    }
  }

  @Benchmark
  public double forward() {
    return loss.forward(hidden, table, targets, 0, losses);
  }

  @Benchmark
  public double backward() {
    return loss.backward(hidden, table, targets, 0, dTable, dHidden);
  }

  @TearDown
  public void free() {
    memory.close();
  }
}
