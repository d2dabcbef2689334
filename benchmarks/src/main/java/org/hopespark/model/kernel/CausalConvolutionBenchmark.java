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
 * Depthwise convolution of 4 over 256 tokens of width 256. Run with {@code benchmarks/run
 * CausalConvolutionBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CausalConvolutionBenchmark {
  private final CausalConvolution convolution = new CausalConvolution(256, 256, 4);
  private BenchmarkArena memory;
  private Matrix in;
  private Matrix out;
  private Matrix weights;
  private Matrix dWeights;

  @Setup
  public void allocate() {
    memory = new BenchmarkArena(1 << 18);
    in = memory.matrix(256, 256);
    out = memory.matrix(256, 256);
    weights = memory.matrix(256, 4);
    dWeights = memory.matrix(256, 4);
  }

  @Benchmark
  public void forward() {
    convolution.forward(in, weights, out);
  }

  @Benchmark
  public void backward() {
    convolution.backward(in, weights, out, dWeights, in);
  }

  @TearDown
  public void free() {
    memory.close();
  }
}
