// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hopespark.model.InvalidConfigException;
import org.hopespark.model.bench.StepReport.GroupTime;
import org.hopespark.model.bench.StepReport.Seconds;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.layer.BlockNetwork;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.simd.RowMaths;
import org.hopespark.model.tensor.BlasCore;
import org.hopespark.model.tensor.BlasThreads;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.train.ProcessMemory;
import org.hopespark.model.train.Replica;

/**
 * Measures the train step of one replica that holds all virtual shards: forward, backward, sum over
 * shards and the update of every due level, as {@code hope train} takes it with one worker.
 */
public final class StepBenchmark {
  private static final String WORKER = "hope-shard";
  private static final double NANOS = 1e-9;

  private final RunConfig config;
  private final int threads;
  private final int warmupSteps;
  private final int timedSteps;
  private final TokenSource source;
  private final int[][] ids;
  private final List<Long> nanos = new ArrayList<>();
  private long step;

  /**
   * @param threads at most one per virtual shard
   * @param warmupSteps steps before the first timed one, at least 1
   * @param timedSteps at least 1; as many again are profiled
   * @throws InvalidConfigException if there are fewer virtual shards than threads, or fewer steps
   *     in the run than are measured
   */
  public StepBenchmark(
      RunConfig config, int threads, int warmupSteps, int timedSteps, TokenSource source) {
    int numShards = config.training().virtualShards();
    if (threads > numShards) {
      throw new InvalidConfigException(
          "Invalid number of threads [%d]: a thread works on one virtual shard at a time, and training.virtual-shards is %d. Use %d threads, or set training.virtual-shards to %d."
              .formatted(threads, numShards, numShards, Integer.highestOneBit(2 * threads - 1)));
    }
    long steps = warmupSteps + 2L * timedSteps;
    if (config.training().steps() < steps) {
      throw new InvalidConfigException(
          "Invalid training.steps [%d]: the measurement takes %d steps, and they have to be steps of the run. Set training.steps to %d or more."
              .formatted(config.training().steps(), steps, steps));
    }
    this.config = config;
    this.threads = threads;
    this.warmupSteps = warmupSteps;
    this.timedSteps = timedSteps;
    this.source = source;
    int row = config.training().sequenceLength() + 1;
    ids = new int[numShards][config.training().batchSize() * row];
  }

  /** Runs all steps and returns the figures. */
  public StepReport run() throws InterruptedException {
    BlasThreads.useOne();
    double peakBefore = SgemmPeak.measure(threads);
    try (Replica replica = Replica.create(config, ids.length, threads)) {
      for (int i = 0; i < warmupSteps; i++) {
        takeStep(replica);
      }
      List<Thread> workers = workers();
      long multiplyAdds = replica.multiplyAdds();
      long[] allocated = new long[timedSteps];
      for (int i = 0; i < timedSteps; i++) {
        long before = allocatedBytes(workers);
        long from = System.nanoTime();
        takeStep(replica);
        nanos.add(System.nanoTime() - from);
        allocated[i] = allocatedBytes(workers) - before;
      }
      Arrays.sort(allocated);
      multiplyAdds = replica.multiplyAdds() - multiplyAdds;
      long peakRss = ProcessMemory.peakBytes();
      StepProfile profile = StepProfile.start(workers, threads);
      for (int i = 0; i < timedSteps; i++) {
        takeStep(replica);
      }
      profile.stop();
      double peak = Math.max(peakBefore, SgemmPeak.measure(threads));
      return report(replica, multiplyAdds, allocated[timedSteps / 2], peakRss, profile, peak);
    }
  }

  private void takeStep(Replica replica) throws InterruptedException {
    step++;
    for (int shard = 0; shard < ids.length; shard++) {
      source.read(step, shard, ids[shard]);
    }
    replica.accumulate(ids);
    for (Level level : replica.due(step)) {
      replica.sumOfShards(level);
      long interval = step - LevelSchedule.intervalStart(level, step);
      double norm = replica.apply(level, step, interval * tokensPerStep());
      if (!Double.isFinite(norm)) {
        throw new InvalidConfigException(
            "Invalid optimizer.learning-rate [%s]: the gradient of level %s is not finite at step %d. Lower the rate."
                .formatted(config.optimizer().learningRate(), level.name(), step));
      }
    }
  }

  private long tokensPerStep() {
    return (long) ids.length * config.training().batchSize() * config.training().sequenceLength();
  }

  /** The replica's threads, and this one. */
  private static List<Thread> workers() {
    List<Thread> workers = new ArrayList<>(List.of(Thread.currentThread()));
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith(WORKER)) {
        workers.add(thread);
      }
    }
    return workers;
  }

  private static long allocatedBytes(List<Thread> workers) {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] numbers = workers.stream().mapToLong(Thread::getId).toArray();
    return Arrays.stream(bean.getThreadAllocatedBytes(numbers)).sum();
  }

  private StepReport report(
      Replica replica,
      long multiplyAdds,
      long allocated,
      long peakRss,
      StepProfile profile,
      double peak) {
    Seconds seconds = seconds();
    double flops = 2.0 * multiplyAdds / timedSteps;
    double modelFlops = 3 * forwardFlops(replica.parameters());
    List<GroupTime> groups = profile.groups();
    return new StepReport(
        config.model().architecture(),
        replica.numParameters(),
        threads,
        BlasCore.name(),
        BlasThreads.current(),
        RowMaths.chosen().name(),
        warmupSteps,
        timedSteps,
        tokensPerStep(),
        seconds,
        tokensPerStep() / seconds.median(),
        tokensPerStep() / seconds.max(),
        tokensPerStep() / seconds.min(),
        peak,
        flops,
        modelFlops,
        flops / seconds.median() / peak,
        modelFlops / seconds.median() / peak,
        allocated,
        peakRss,
        profile.samples(),
        groups,
        Math.max(0, 1 - groups.stream().mapToDouble(GroupTime::share).sum()));
  }

  private Seconds seconds() {
    double[] sorted = nanos.stream().mapToDouble(n -> n * NANOS).sorted().toArray();
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return new Seconds(median, sorted[0], sorted[n - 1], Arrays.stream(sorted).average().orElse(0));
  }

  /** Of one step's forward pass. All sequences cost the same, so one is counted. */
  private double forwardFlops(Slab parameters) {
    int tokens = config.training().sequenceLength();
    ParameterLayout layout = new ParameterLayout(config.model());
    try (BlockNetwork network =
        BlockNetwork.create(config.model(), layout, parameters, 1, tokens)) {
      network.loss(new int[tokens + 1]);
      return 2.0 * network.multiplyAdds() * ids.length * config.training().batchSize();
    }
  }
}
