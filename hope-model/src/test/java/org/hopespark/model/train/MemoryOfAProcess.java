// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;

/**
 * A process that trains a few steps and prints {@code planned} and {@code grown}: the native bytes
 * of its plan, and by how much its resident set at its peak exceeded that before.
 *
 * <p>The heap has to be there from the start ({@code -Xms} as {@code -Xmx}, {@code
 * -XX:+AlwaysPreTouch}), so that it is in both readings, and what is between them is native.
 */
final class MemoryOfAProcess {
  private static final int STEPS = 2;

  private MemoryOfAProcess() {}

  /** {@code args}: number of shards and of threads, then settings of the configuration. */
  public static void main(String[] args) throws InterruptedException {
    int numShards = Integer.parseInt(args[0]);
    int threads = Integer.parseInt(args[1]);
    List<String> settings = List.of(args).subList(2, args.length);
    RunConfig config = RunConfig.read(InputStream.nullInputStream(), settings);
    train(small(settings), numShards, threads, 20);
    long before = ProcessMemory.residentBytes();
    train(config, numShards, threads, STEPS);
    System.out.println("grown " + (ProcessMemory.peakBytes() - before));
    System.out.println("planned " + MemoryPlan.of(config, numShards, threads).nativeBytes());
  }

  /** Loads and compiles what the steps need, and has OpenBLAS take its buffers. */
  private static RunConfig small(List<String> settings) {
    List<String> smaller = new ArrayList<>(settings);
    smaller.addAll(
        List.of(
            "model.vocab-size=300",
            "model.layers=1",
            "training.batch-size=1",
            "training.sequence-length=64"));
    return RunConfig.read(InputStream.nullInputStream(), smaller);
  }

  private static void train(RunConfig config, int numShards, int threads, int steps)
      throws InterruptedException {
    int length = config.training().batchSize() * (config.training().sequenceLength() + 1);
    int[][] ids = new int[numShards][length];
    SplittableRandom random = new SplittableRandom(1);
    for (int[] row : ids) {
      for (int i = 0; i < length; i++) {
        row[i] = random.nextInt(config.model().vocabularySize());
      }
    }
    try (Replica replica = Replica.create(config, numShards, threads)) {
      for (int step = 1; step <= steps; step++) {
        replica.accumulate(ids);
        for (Level level : replica.levels()) {
          replica.sumOfShards(level);
          replica.apply(level, level.period(), 1000);
        }
      }
    }
  }
}
