// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The activation of a memory over one chunk, 64 x 64. Run with {@code benchmarks/run
 * GeluBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class GeluBenchmark {
  private static final int SIZE = 64 * 64;

  private final float[] x = new float[SIZE];
  private final float[] gate = new float[SIZE];
  private final float[] out = new float[SIZE];

  @Setup
  public void fill() {
    for (int i = 0; i < SIZE; i++) {
      x[i] = (i % 201 - 100) / 25f;
    }
    Gelu.gates(x, gate, SIZE);
  }

  @Benchmark
  public float[] gates() {
    Gelu.gates(x, gate, SIZE);
    return gate;
  }

  @Benchmark
  public float[] values() {
    Gelu.values(x, gate, out, SIZE);
    return out;
  }

  @Benchmark
  public float[] slopes() {
    Gelu.slopes(x, gate, out, SIZE);
    return out;
  }

  @Benchmark
  public float[] curvatures() {
    Gelu.curvatures(x, gate, out, SIZE);
    return out;
  }
}
