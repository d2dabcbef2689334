// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Java heap that a step takes on all of its threads. Tasks, their futures and the list of losses
 * are small objects, a few for each shard and for each level that is due; nothing may grow with the
 * model or the batch, so no array may be made.
 *
 * <p>Until the kernels are compiled, the Vector API makes an object of every vector, so steps are
 * taken in rounds until one is within the bound; how many rounds that may take is bounded too.
 */
class TestStepAllocation {
  private static final int ROUNDS = 200;
  private static final int STEPS = 10;
  private static final int SHARDS = 2;

  /**
   * Of one step with every level due; seen: 13,200 for the larger HOPE, whose four levels are cut
   * into blocks for the threads, 2,900 for the smaller one.
   */
  private static final long BYTES_PER_STEP = 16_384;

  @ParameterizedTest
  @CsvSource({
    "hope, adamw",
    "hope-attention, adamw",
    "transformer, adamw",
    "hope, sgd",
    "hope, muon"
  })
  void aStepTakesAFewSmallObjectsHoweverLargeTheModel(String architecture, String optimizer)
      throws InterruptedException {
    long small = bytesPerStep(architecture, optimizer, 16, 1, 32, 1);
    long large = bytesPerStep(architecture, optimizer, 64, 3, 128, 2);

    System.out.printf(
        "%s, %s: %,d and %,d bytes per step%n", architecture, optimizer, small, large);
    assertThat(small).isLessThanOrEqualTo(BYTES_PER_STEP);
    assertThat(large).isLessThanOrEqualTo(BYTES_PER_STEP);
  }

  private static long bytesPerStep(
      String architecture, String optimizer, int dim, int layers, int tokens, int sequences)
      throws InterruptedException {
    RunConfig config =
        RunConfig.read(
            InputStream.nullInputStream(),
            List.of(
                "model.architecture=" + architecture,
                "optimizer.name=" + optimizer,
                "model.vocab-size=300",
                "model.dim=" + dim,
                "model.layers=" + layers,
                "model.memory.chunk=32",
                "model.memory.projection-chunk=32",
                "training.sequence-length=" + tokens,
                "training.batch-size=" + sequences,
                "training.virtual-shards=" + SHARDS));
    int[][] ids = new int[SHARDS][sequences * (tokens + 1)];
    SplittableRandom random = new SplittableRandom(3);
    for (int[] row : ids) {
      Arrays.setAll(row, i -> random.nextInt(300));
    }
    try (Replica replica = Replica.create(config, SHARDS, SHARDS)) {
      takeStep(replica, ids);
      long[] threads =
          Stream.concat(
                  Stream.of(Thread.currentThread()),
                  Thread.getAllStackTraces().keySet().stream()
                      .filter(thread -> thread.getName().startsWith("hope-shard")))
              .mapToLong(Thread::getId)
              .toArray();
      assertThat(threads).hasSizeGreaterThan(SHARDS);
      ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS && least > BYTES_PER_STEP; round++) {
        long before = Arrays.stream(bean.getThreadAllocatedBytes(threads)).sum();
        for (int step = 1; step <= STEPS; step++) {
          takeStep(replica, ids);
        }
        long taken = Arrays.stream(bean.getThreadAllocatedBytes(threads)).sum() - before;
        least = Math.min(least, taken / STEPS);
      }
      return least;
    }
  }

  /** Every level is due. */
  private static void takeStep(Replica replica, int[][] ids) throws InterruptedException {
    replica.accumulate(ids);
    for (Level level : replica.levels()) {
      replica.sumOfShards(level);
      replica.apply(level, level.period(), 1000);
    }
  }
}
