// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.hopespark.model.level.Slices;
import org.hopespark.model.level.Stages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reduce-scatter of what a thread beside still computes. */
class TestEarlyReduction {
  private static final long SEED = 20_261_121;
  private static final SyncPoint CORE = new SyncPoint(1, 0, "core", 70);

  /** What a backward pass does to a rank's gradients. */
  private interface Backward {
    void run(Readiness readiness) throws Exception;
  }

  /** Runs the pass beside the reduction, as training does. */
  private static void reduce(
      Collective collective, List<Contribution> ranges, Wire wire, int stages, Backward backward)
      throws Exception {
    Readiness readiness = collective.readiness(stages);
    Thread pass =
        new Thread(
            () -> {
              try {
                backward.run(readiness);
              } catch (Exception e) {
                readiness.abandon();
              }
            });
    pass.start();
    try {
      collective.reduceScatter(ranges, wire, readiness);
    } finally {
      pass.join();
    }
  }

  private static Contribution contribution(SyncPoint point, ByteBuffer range, Stages stages) {
    int elements = range.capacity() / Float.BYTES;
    return new Contribution(point, range, Slices.even(elements, 2), Optional.of(stages));
  }

  private static Stages random(SplittableRandom random, int elements, int stages) {
    List<Long> bounds = new ArrayList<>(List.of(0L));
    List<Integer> of = new ArrayList<>();
    while (bounds.get(bounds.size() - 1) < elements) {
      long last = bounds.get(bounds.size() - 1);
      bounds.add(Math.min(elements, last + 1 + random.nextLong(1 + elements / 4)));
      of.add(random.nextInt(stages));
    }
    return new Stages(bounds, of);
  }

  /** A number that is sent or summed before it is final would make the sum NaN. */
  @ParameterizedTest
  @CsvSource({
    "2, 1, false, FLOAT32",
    "2, 2, true, BFLOAT16",
    "3, 2, false, FLOAT32",
    "4, 2, false, BFLOAT16",
    "4, 1, true, FLOAT32",
    "5, 3, false, FLOAT32"
  })
  void theBitsAreThoseOfTheTreeSum(int size, int lanes, boolean encrypted, Wire wire)
      throws Exception {
    int[] lengths = {600_001, 4_800_003, 17};
    int stages = 6;
    SplittableRandom random = new SplittableRandom(SEED + size);
    List<Stages> runs = new ArrayList<>();
    List<List<float[]>> contributions = new ArrayList<>();
    for (int length : lengths) {
      runs.add(random(random, length, stages));
      contributions.add(Gang.contributions(size, length, SEED + length));
    }
    try (Gang gang = Gang.of(size, Gang.endpoint(lanes, encrypted, Gang.PATIENCE))) {
      List<Object> results =
          gang.attempt(
              (rank, collective) -> {
                List<Contribution> ranges = new ArrayList<>();
                for (int level = 0; level < lengths.length; level++) {
                  float[] nothing = new float[lengths[level]];
                  Arrays.fill(nothing, Float.NaN);
                  ranges.add(
                      new Contribution(
                          new SyncPoint(1, level, "level", level),
                          Gang.direct(nothing),
                          Slices.even(lengths[level], size),
                          Optional.of(runs.get(level))));
                }
                reduce(
                    collective,
                    ranges,
                    wire,
                    stages,
                    readiness -> {
                      for (int stage = 0; stage < stages; stage++) {
                        Thread.sleep((rank + stage) % 3 * 7L);
                        for (int level = 0; level < lengths.length; level++) {
                          float[] own = contributions.get(level).get(rank);
                          FloatBuffer into = floats(ranges.get(level).range());
                          runs.get(level)
                              .forEach(
                                  stage,
                                  (from, to) ->
                                      into.put((int) from, own, (int) from, (int) (to - from)));
                        }
                        readiness.pass(stage);
                      }
                    });
                List<float[]> sums = new ArrayList<>();
                for (Contribution range : ranges) {
                  collective.allGather(range.point(), range.range(), range.slices(), wire);
                  sums.add(Gang.floats(range.range()));
                }
                return sums;
              });
      for (int level = 0; level < lengths.length; level++) {
        float[] expected = expected(contributions.get(level), wire);
        for (Object result : results) {
          assertThat(result).as("seed %d", SEED).isInstanceOf(List.class);
          assertThat(Arrays.equals((float[]) ((List<?>) result).get(level), expected))
              .as("level %d, seed %d", level, SEED)
              .isTrue();
        }
      }
    }
  }

  private static float[] expected(List<float[]> contributions, Wire wire) {
    return wire == Wire.FLOAT32
        ? Gang.treeSum(contributions)
        : TestBFloat16.overTheWire(
            Gang.treeSum(contributions.stream().map(TestBFloat16::overTheWire).toList()));
  }

  private static FloatBuffer floats(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** Rank 1 owns the half that is final first: rank 0 sends it, and computes the other one then. */
  @Test
  void whatIsFinalIsSentBeforeTheRestIs() throws Exception {
    Stages halves = new Stages(List.of(0L, 1000L, 2000L), List.of(1, 0));
    try (Gang gang = Gang.of(2)) {
      List<Object> early =
          gang.attempt(
              (rank, collective) -> {
                ByteBuffer range = Gang.direct(new float[2000]);
                long[] sent = new long[1];
                reduce(
                    collective,
                    List.of(contribution(CORE, range, halves)),
                    Wire.FLOAT32,
                    2,
                    readiness -> {
                      readiness.pass(0);
                      long until = System.nanoTime() + Gang.PATIENCE.toNanos() / 2;
                      while (rank == 0
                          && collective.traffic(0).bytesSent() == 0
                          && System.nanoTime() < until) {
                        Thread.onSpinWait();
                      }
                      sent[0] = collective.traffic(0).bytesSent();
                      readiness.pass(1);
                    });
                return sent[0];
              });
      assertThat(early).containsExactly(1000L * 4 + FrameHeader.BYTES, 0L);
    }
  }

  @Test
  void ownComputingMayTakeLongerThanTheDeadline() throws Exception {
    Stages stages = new Stages(List.of(0L, 5L, 10L), List.of(1, 0));
    try (Gang gang = Gang.of(2, Duration.ofMillis(300))) {
      List<Object> outcomes =
          gang.attempt(
              (rank, collective) -> {
                ByteBuffer range = Gang.direct(new float[10]);
                reduce(
                    collective,
                    List.of(contribution(CORE, range, stages)),
                    Wire.FLOAT32,
                    2,
                    readiness -> {
                      readiness.pass(0);
                      Thread.sleep(1000);
                      readiness.pass(1);
                    });
                return true;
              });
      assertThat(outcomes).containsOnly(true);
    }
  }

  @Test
  void aPeerThatDoesNotGetReadyFailsTheOthersAtTheDeadline() throws Exception {
    Stages stages = new Stages(List.of(0L, 5L, 10L), List.of(1, 0));
    try (Gang gang = Gang.of(2, Duration.ofMillis(300))) {
      long start = System.nanoTime();
      List<Object> outcomes =
          gang.attempt(
              (rank, collective) -> {
                ByteBuffer range = Gang.direct(new float[10]);
                reduce(
                    collective,
                    List.of(contribution(CORE, range, stages)),
                    Wire.FLOAT32,
                    2,
                    readiness -> {
                      readiness.pass(0);
                      if (rank == 0) {
                        readiness.pass(1);
                      }
                    });
                return true;
              });
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat((Throwable) outcomes.get(0)).hasMessageContaining("nothing moved");
      // It waits for nobody yet, and still hears that the other one has gone.
      assertThat((Throwable) outcomes.get(1))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("Lost rank 0");
    }
  }

  @Test
  void gradientsThatFailFailTheExchangeEverywhere() throws Exception {
    int size = 4;
    Slices slices = Slices.even(4000, size);
    Stages stages = new Stages(List.of(0L, 2000L, 4000L), List.of(1, 0));
    try (Gang gang = Gang.of(size)) {
      long start = System.nanoTime();
      List<Object> outcomes =
          gang.attempt(
              (rank, collective) -> {
                ByteBuffer range = Gang.direct(new float[4000]);
                reduce(
                    collective,
                    List.of(new Contribution(CORE, range, slices, Optional.of(stages))),
                    Wire.FLOAT32,
                    2,
                    readiness -> {
                      readiness.pass(0);
                      if (rank == 2) {
                        throw new IllegalStateException("a kernel");
                      }
                    });
                return true;
              });
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      assertThat(outcomes).allSatisfy(o -> assertThat(o).isInstanceOf(ExchangeException.class));
      assertThat((Throwable) outcomes.get(2)).hasMessageContaining("its gradients failed");
    }
  }

  @Test
  void replicasAreComparedLevelByLevel() throws Exception {
    Stages stages = new Stages(List.of(0L, 5L, 10L), List.of(1, 0));
    try (Gang gang = Gang.of(2)) {
      List<Object> outcomes =
          gang.attempt(
              (rank, collective) -> {
                SyncPoint slow = new SyncPoint(1, 1, "slow", rank);
                reduce(
                    collective,
                    List.of(
                        contribution(CORE, Gang.direct(new float[10]), stages),
                        contribution(slow, Gang.direct(new float[10]), stages)),
                    Wire.FLOAT32,
                    2,
                    readiness -> {
                      readiness.pass(0);
                      readiness.pass(1);
                    });
                return true;
              });
      assertThat(outcomes)
          .anySatisfy(
              o ->
                  assertThat((Throwable) o)
                      .isInstanceOf(ReplicaMismatchException.class)
                      .hasMessageContaining("level [slow] at step 1"));
    }
  }

  /** From the last of the own gradients on; what is computed until then is not waiting. */
  @ParameterizedTest
  @CsvSource({"0", "1", "3"})
  void waitingIsForTheLastStageOfOthers(int late) throws Exception {
    int size = 4;
    Slices slices = Slices.even(4000, size);
    Stages stages = new Stages(List.of(0L, 2000L, 4000L), List.of(1, 0));
    SyncPoint slow = new SyncPoint(1, 1, "slow", 7);
    try (Gang gang = Gang.of(size)) {
      List<Object> outcomes =
          gang.attempt(
              (rank, collective) -> {
                reduce(
                    collective,
                    List.of(
                        new Contribution(
                            CORE, Gang.direct(new float[4000]), slices, Optional.of(stages)),
                        new Contribution(
                            slow, Gang.direct(new float[4000]), slices, Optional.of(stages))),
                    Wire.FLOAT32,
                    2,
                    readiness -> {
                      readiness.pass(0);
                      Thread.sleep(rank == late ? 900 : 300);
                      readiness.pass(1);
                    });
                LevelTraffic core = collective.traffic(0);
                assertThat(core.cameLast().get(late)).isEqualTo(1);
                assertThat(core.waitNanos()).isLessThanOrEqualTo(core.nanos());
                // The others waited some 600 ms of the 900; it itself not even while it computed.
                assertThat(core.nanos()).isLessThan(850_000_000);
                assertThat(core.waitNanos() > 300_000_000).isEqualTo(rank != late);
                assertThat(collective.traffic(1).waitNanos()).isZero();
                return true;
              });
      assertThat(outcomes).containsOnly(true);
    }
  }
}
