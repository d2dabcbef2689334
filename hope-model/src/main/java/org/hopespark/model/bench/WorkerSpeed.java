// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.bench;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.train.MemoryPlan;
import org.hopespark.model.train.ProcessMemory;

/**
 * How fast one worker trains on this machine: its own steps, measured, or where those are too large
 * to try, the model cut to its first layers, scaled by operations.
 *
 * @param tokensPerSecond of one worker, without any exchange
 * @param threads of this worker
 * @param how what was measured, for people
 */
public record WorkerSpeed(double tokensPerSecond, int threads, String how) {
  private static final int WARMUP_STEPS = 2;
  private static final int TIMED_STEPS = 5;

  /** A longer step is scaled: a measurement takes twelve of them. */
  private static final double LONGEST_STEP_SECONDS = 4;

  /** Operations per parameter and token: two forward, four backward, and what is computed twice. */
  private static final double FLOPS_PER_PARAMETER = 8;

  /** Of the products' peak, so that the guess whether a step is short is not too hopeful. */
  private static final double SHARE = 0.4;

  /**
   * Measures a worker that holds {@code numShards} virtual shards of {@code config}.
   *
   * @param threads at most {@code numShards}
   * @throws InvalidConfigException if not even two layers of the model fit into memory
   */
  public static WorkerSpeed measure(RunConfig config, int numShards, int threads)
      throws InterruptedException {
    RunConfig own = with(config, numShards, config.model().layers());
    if (fits(own, threads) && isShort(own, threads)) {
      StepReport report = run(own, threads, TIMED_STEPS);
      return new WorkerSpeed(
          report.tokensPerSecond(),
          threads,
          "measured here: %d steps of this configuration, %s, %s of the products' peak of %.0f GFLOPS"
              .formatted(
                  TIMED_STEPS,
                  count(numShards, "virtual shard"),
                  percent(report.sgemmPeakShare()),
                  report.sgemmPeak() * 1e-9));
    }
    return scaled(config, threads);
  }

  /** Operations are linear in the number of layers; the share of the peak is that of two layers. */
  private static WorkerSpeed scaled(RunConfig config, int threads) throws InterruptedException {
    int layers = config.model().layers();
    StepReport one = run(with(config, threads, 1), threads, 1);
    StepReport two = run(with(config, threads, Math.min(2, layers)), threads, 2);
    double first = one.flopsPerStep() / one.tokensPerStep();
    double second = two.flopsPerStep() / two.tokensPerStep();
    double all = first + (layers - 1) * (second - first);
    double peak = Math.max(one.sgemmPeak(), two.sgemmPeak());
    double share = two.flopsPerStep() / two.stepSeconds().median() / peak;
    return new WorkerSpeed(
        peak * share / all,
        threads,
        String.format(
            Locale.ROOT,
            "scaled: 2 of its %d layers, measured here, reach %s of the products' peak of %.0f GFLOPS, and all need %.2f GFLOP a token",
            layers,
            percent(share),
            peak * 1e-9,
            all * 1e-9));
  }

  private static StepReport run(RunConfig config, int threads, int timed)
      throws InterruptedException {
    return new StepBenchmark(
            config,
            threads,
            WARMUP_STEPS,
            timed,
            TokenSource.random(config.model().vocabularySize()))
        .run();
  }

  /** Half of the machine is left to whatever else runs. */
  private static boolean fits(RunConfig config, int threads) {
    MemoryPlan plan = MemoryPlan.of(config, config.training().virtualShards(), threads);
    return plan.nativeBytes() <= ProcessMemory.limitBesideHeap() / 2;
  }

  private static boolean isShort(RunConfig config, int threads) throws InterruptedException {
    double flops =
        FLOPS_PER_PARAMETER
            * new ParameterLayout(config.model()).size()
            * config.training().virtualShards()
            * config.training().batchSize()
            * config.training().sequenceLength();
    return flops / (SHARE * SgemmPeak.measure(threads)) <= LONGEST_STEP_SECONDS;
  }

  /** The configuration of one worker alone, with as many steps as a measurement takes. */
  private static RunConfig with(RunConfig config, int numShards, int layers) {
    List<String> settings = new ArrayList<>();
    settings.add("sync.workers=1");
    settings.add("training.virtual-shards=" + numShards);
    settings.add("model.layers=" + layers);
    long steps = WARMUP_STEPS + 2L * TIMED_STEPS;
    if (config.training().steps() < steps) {
      settings.add("training.steps=" + steps);
    }
    return RunConfig.read(
        new ByteArrayInputStream(config.toYaml().getBytes(StandardCharsets.UTF_8)), settings);
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
