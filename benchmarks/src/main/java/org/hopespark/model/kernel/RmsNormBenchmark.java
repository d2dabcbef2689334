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

/** Root mean square norm of 512 rows of 256. Run with {@code benchmarks/run RmsNormBenchmark}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RmsNormBenchmark {
  private final RmsNorm norm = new RmsNorm(256);
  private BenchmarkArena memory;
  private Matrix in;
  private Matrix out;
  private Matrix gains;
  private Matrix dGains;

  @Setup
  public void allocate() {
    memory = new BenchmarkArena(1 << 20);
    in = memory.matrix(512, 256);
    out = memory.matrix(512, 256);
    gains = memory.matrix(1, 256);
    dGains = memory.matrix(1, 256);
  }

  @Benchmark
  public void forward() {
    norm.forward(in, gains, out);
  }

  @Benchmark
  public void backward() {
    norm.backward(in, gains, in, dGains, out);
  }

  @TearDown
  public void free() {
    memory.close();
  }
}
