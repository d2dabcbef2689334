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
 * SwiGLU between the products, 512 rows of hidden width 228. Run with {@code benchmarks/run
 * GatedUnitBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class GatedUnitBenchmark {
  private static final int ROWS = 512;
  private static final int HIDDEN = 228;

  private final GatedUnit unit = new GatedUnit(HIDDEN);
  private BenchmarkArena memory;
  private Matrix up;
  private Matrix out;
  private float[] values;

  @Setup
  public void allocate() {
    memory = new BenchmarkArena(1 << 20);
    up = memory.matrix(ROWS, 2 * HIDDEN);
    out = memory.matrix(ROWS, HIDDEN);
    values = new float[ROWS * 2 * HIDDEN];
    up.load(values);
  }

  @Benchmark
  public void forward() {
    unit.forward(up, out);
  }

  /** The gradient takes the place of the rows, so they are put back each time. */
  @Benchmark
  public void restoreAndBackward() {
    up.store(values);
    unit.backward(up, out);
  }

  @TearDown
  public void free() {
    memory.close();
  }
}
