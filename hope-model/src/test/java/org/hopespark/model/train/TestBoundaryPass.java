// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestBoundaryPass {
  private static final int SHARDS = TestReplica.SHARDS;

  /** Copies what a stage claims to be final, at once. */
  private static final class Recorder implements Alongside {
    private final Replica replica;
    private final List<Level> due;
    private final float[] seen;
    private final int[] times;
    private final List<Integer> stages = new ArrayList<>();
    private final CountDownLatch last;
    private final Thread caller = Thread.currentThread();
    private boolean ran;

    Recorder(Replica replica, List<Level> due) {
      this.replica = replica;
      this.due = due;
      seen = new float[(int) replica.numParameters()];
      times = new int[seen.length];
      last = new CountDownLatch(replica.numStages());
    }

    @Override
    public void summed(int stage) {
      stages.add(stage);
      for (Level level : due) {
        replica
            .stages(level)
            .forEach(
                stage,
                (from, to) -> {
                  int at = (int) (level.offset() + from);
                  replica.sums().read(at, seen, at, (int) (to - from));
                  IntStream.range(at, (int) (level.offset() + to)).forEach(i -> times[i]++);
                });
      }
      last.countDown();
    }

    @Override
    public void failed() {
      throw new AssertionError("no shard fails here");
    }

    @Override
    public void run() throws InterruptedException {
      ran = Thread.currentThread() == caller && last.await(60, TimeUnit.SECONDS);
    }
  }

  private static int[][] tokens(long step) {
    return IntStream.range(0, SHARDS)
        .mapToObj(shard -> TestReplica.tokens(step, shard))
        .toArray(int[][]::new);
  }

  /** Against the sum after the step, and element by element: nothing is final too early. */
  @ParameterizedTest
  @CsvSource({
    "1, model.layers=3",
    "2, model.cms-variant=independent",
    "4, model.architecture=hope-attention",
    "3, model.architecture=transformer;model.cms=[]"
  })
  void whatAStageSaysIsFinalIsTheSumOfTheShards(int threads, String settings) throws Exception {
    RunConfig config = TestReplica.config(("model.layers=2;" + settings).split(";", -1));
    try (Replica replica = Replica.create(config, SHARDS, threads);
        Replica plain = Replica.create(config, SHARDS, 1)) {
      List<ShardLoss> expected = plain.accumulate(tokens(1));
      assertThat(replica.accumulate(tokens(1))).isEqualTo(expected);
      // All but one level: that one is to be left alone.
      List<Level> due = replica.levels().subList(0, replica.levels().size() - 1);
      Recorder recorder = new Recorder(replica, due);
      assertThat(replica.accumulate(tokens(2), due, recorder))
          .isEqualTo(plain.accumulate(tokens(2)));
      assertThat(recorder.ran).isTrue();
      assertThat(recorder.stages)
          .containsExactlyElementsOf(IntStream.range(0, replica.numStages()).boxed().toList());
      for (Level level : replica.levels()) {
        boolean isDue = due.contains(level);
        if (!isDue) {
          replica.sumOfShards(level);
        }
        Slab sum = plain.sumOfShards(level);
        for (int i = (int) level.offset(); i < level.offset() + level.length(); i++) {
          assertThat(recorder.times[i]).as("element %d", i).isEqualTo(isDue ? 1 : 0);
          if (isDue) {
            assertThat(recorder.seen[i]).as("element %d", i).isEqualTo(sum.read(i));
          }
          assertThat(replica.sums().read(i)).as("element %d", i).isEqualTo(sum.read(i));
        }
      }
    }
  }

  /** Two blocks of one mixer and two CMS levels: six layers, and the embedding. */
  @Test
  void theLastBlockIsFinalFirstAndTheEmbeddingLast() {
    RunConfig config =
        TestReplica.config(
            "model.layers=2", "model.cms=[{name: fast, period: 1}, {name: slow, period: 2}]");
    try (Replica replica = Replica.create(config, 1, 1)) {
      assertThat(replica.numStages()).isEqualTo(7);
      List<Level> levels = replica.levels();
      // Embedding, two mixers, norm.
      assertThat(replica.stages(levels.get(0)).stages()).containsExactly(6, 5, 2, 0);
      assertThat(replica.stages(levels.get(1)).stages()).containsExactly(4, 1);
      assertThat(replica.stages(levels.get(2)).stages()).containsExactly(3, 0);
      // 300 x 16 numbers.
      assertThat(replica.stages(levels.get(0)).bounds().get(1)).isEqualTo(4800);
    }
  }

  @Test
  void aShardThatFailsIsTheCauseAndNotWhatWasCalledOff() {
    try (Replica replica = Replica.create(TestReplica.config(), SHARDS, 2)) {
      int[][] tokens = tokens(1);
      tokens[2] = new int[3];
      CountDownLatch failed = new CountDownLatch(1);
      Alongside alongside =
          new Alongside() {
            @Override
            public void summed(int stage) {
              throw new AssertionError("one shard never gets there");
            }

            @Override
            public void failed() {
              failed.countDown();
            }

            @Override
            public void run() throws InterruptedException {
              assertThat(failed.await(60, TimeUnit.SECONDS)).isTrue();
              throw new IllegalStateException("called off");
            }
          };
      assertThatThrownBy(() -> replica.accumulate(tokens, replica.levels(), alongside))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
