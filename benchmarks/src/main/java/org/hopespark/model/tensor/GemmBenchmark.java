// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Products of the shapes that a step has, in the three orientations. Run with {@code benchmarks/run
 * GemmBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class GemmBenchmark {
  /** Rows of the left operand, columns of the right one, and what they share. */
  @Param({
    "64x64x64",
    "256x64x64",
    "64x64x256",
    "512x1280x256",
    "512x256x256",
    "512x456x256",
    "128x8192x256",
    "1024x1024x1024"
  })
  public String shape;

  private final Gemm gemm = new Gemm();
  private BenchmarkArena memory;
  private Matrix a;
  private Matrix b;
  private Matrix aTransposed;
  private Matrix bTransposed;
  private Matrix c;

  @Setup
  public void allocate() {
    String[] sizes = shape.split("x", -1);
    int m = Integer.parseInt(sizes[0]);
    int n = Integer.parseInt(sizes[1]);
    int k = Integer.parseInt(sizes[2]);
    memory = new BenchmarkArena(2L * m * k + 2L * k * n + (long) m * n);
    a = memory.matrix(m, k);
    b = memory.matrix(k, n);
    aTransposed = memory.matrix(k, m);
    bTransposed = memory.matrix(n, k);
    c = memory.matrix(m, n);
  }

  @Benchmark
  public void nn() {
    gemm.nn(1, a, b, 0, c);
  }

  @Benchmark
  public void nt() {
    gemm.nt(1, a, bTransposed, 0, c);
  }

  @Benchmark
  public void tn() {
    gemm.tn(1, aTransposed, b, 0, c);
  }

  @TearDown
  public void free() {
    memory.close();
  }
}
