// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One update of two million parameters, on one thread. Run with {@code benchmarks/run
 * AdamWBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AdamWBenchmark {
  private final Scratch scratch = new Scratch();
  private Slab parameters;
  private Slab moments1;
  private Slab moments2;
  private Slab gradients;
  private AdamW optimizer;
  private Coefficients coefficients;

  @Setup
  public void allocate() {
    RunConfig config =
        RunConfig.read(
            InputStream.nullInputStream(), List.of("model.layers=1", "model.vocab-size=4096"));
    ParameterLayout layout = new ParameterLayout(config.model());
    parameters = Slab.allocate("parameters", layout.size());
    moments1 = Slab.allocate("moments", layout.size());
    moments2 = Slab.allocate("moments", layout.size());
    gradients = Slab.allocate("gradients", layout.size());
    for (long i = 0; i < layout.size(); i++) {
      gradients.write(i, (i % 101 - 50) / 50f);
    }
    optimizer =
        new AdamW(
            config.optimizer(),
            layout,
            parameters,
            new Moments(moments1, 0),
            new Moments(moments2, 0));
    coefficients = Coefficients.of(config.optimizer(), 1, 1, 10, 1e-3);
  }

  @Benchmark
  public void step() {
    optimizer.step(coefficients, gradients, 0, gradients.size(), scratch);
  }

  @TearDown
  public void free() {
    parameters.close();
    moments1.close();
    moments2.close();
    gradients.close();
  }
}
