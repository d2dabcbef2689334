// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.hopespark.model.level.Slices;
import org.junit.jupiter.api.Test;

class TestPeerFailure {
  private static final int ELEMENTS = 500_000;
  private static final SyncPoint POINT = new SyncPoint(3, 1, "fast", 42);

  private static void sum(Collective collective, SyncPoint point, ByteBuffer range) {
    int elements = range.remaining() / Float.BYTES;
    Slices slices = Slices.even(elements, collective.size());
    Gang.sum(collective, point, range, slices, Wire.FLOAT32);
  }

  private static Object reduce(Collective collective, SyncPoint point) {
    long start = System.nanoTime();
    ByteBuffer range = Gang.direct(new float[ELEMENTS]);
    assertThatThrownBy(() -> sum(collective, point, range)).isInstanceOf(ExchangeException.class);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Test
  void aDeadPeerFailsAllOthersAtOnce() throws Exception {
    try (Gang gang = Gang.of(4)) {
      List<Object> waits =
          gang.attempt(
              (rank, collective) -> {
                if (rank == 2) {
                  Thread.sleep(200);
                  collective.abort();
                  return Duration.ZERO;
                }
                return reduce(collective, POINT);
              });
      assertThat(waits)
          .allSatisfy(wait -> assertThat((Duration) wait).isLessThan(Duration.ofSeconds(5)));
    }
  }

  @Test
  void aFrozenPeerFailsTheOthersAtTheDeadline() throws Exception {
    Duration deadline = Duration.ofSeconds(1);
    try (Gang gang = Gang.of(4, deadline)) {
      List<Object> waits =
          gang.attempt(
              (rank, collective) -> {
                if (rank == 1) {
                  Thread.sleep(3000);
                  return deadline;
                }
                return reduce(collective, POINT);
              });
      assertThat(waits)
          .allSatisfy(
              wait ->
                  assertThat((Duration) wait)
                      .isBetween(deadline.minusMillis(100), deadline.plusMillis(1500)));
    }
  }

  @Test
  void aPeerThatLeavesTooEarlyIsNamed() throws Exception {
    try (Gang gang = Gang.of(2)) {
      gang.ranks.get(1).close();
      assertThatThrownBy(() -> sum(gang.ranks.get(0), POINT, Gang.direct(new float[ELEMENTS])))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("Lost rank 1");
    }
  }

  @Test
  void aFailureShowsBetweenSynchronisationsToo() throws Exception {
    try (Gang gang = Gang.of(2)) {
      gang.ranks.get(0).check();
      gang.ranks.get(1).abort();
      long end = System.nanoTime() + Gang.PATIENCE.toNanos();
      while (!gang.ranks.get(0).monitor().hasFailed() && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> gang.ranks.get(0).check())
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("Lost rank 1");
    }
  }

  @Test
  void differingReplicasStopEveryRank() throws Exception {
    try (Gang gang = Gang.of(4)) {
      List<Object> failures =
          gang.attempt(
              (rank, collective) -> {
                sum(
                    collective,
                    new SyncPoint(3, 1, "fast", rank == 3 ? 0xBAD : 0x600D),
                    Gang.direct(new float[ELEMENTS]));
                return null;
              });
      assertThat(failures).allSatisfy(f -> assertThat(f).isInstanceOf(ExchangeException.class));
      assertThat(failures)
          .anySatisfy(
              f ->
                  assertThat((Throwable) f)
                      .isInstanceOf(ReplicaMismatchException.class)
                      .hasMessageContaining("level [fast] at step 3")
                      .hasMessageContaining("0000000000000bad"));
    }
  }

  @Test
  void differingReplicasAreFoundEvenWithoutElements() throws Exception {
    try (Gang gang = Gang.of(2)) {
      List<Object> failures =
          gang.attempt(
              (rank, collective) -> {
                sum(collective, new SyncPoint(1, 0, "core", rank), Gang.direct(new float[0]));
                return null;
              });
      assertThat(failures).hasAtLeastOneElementOfType(ReplicaMismatchException.class);
    }
  }

  @Test
  void ranksOutOfStepFailInsteadOfMixing() throws Exception {
    try (Gang gang = Gang.of(2, Duration.ofMillis(800))) {
      List<Object> failures =
          gang.attempt(
              (rank, collective) -> {
                sum(
                    collective,
                    new SyncPoint(rank == 0 ? 4 : 5, 0, "core", 1),
                    Gang.direct(new float[ELEMENTS]));
                return null;
              });
      assertThat(failures).allSatisfy(f -> assertThat(f).isInstanceOf(ExchangeException.class));
    }
  }

  @Test
  void rangesOfDifferentLengthFail() throws Exception {
    try (Gang gang = Gang.of(2)) {
      List<Object> failures =
          gang.attempt(
              (rank, collective) -> {
                sum(collective, POINT, Gang.direct(new float[1000 + rank]));
                return null;
              });
      assertThat(failures).allSatisfy(f -> assertThat(f).isInstanceOf(ExchangeException.class));
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    try (Gang gang = Gang.of(2)) {
      Thread worker = Thread.currentThread();
      Thread killer =
          new Thread(
              () -> {
                try {
                  Thread.sleep(200);
                } catch (InterruptedException e) {
                  return;
                }
                worker.interrupt();
              });
      killer.start();
      assertThatThrownBy(() -> sum(gang.ranks.get(0), POINT, Gang.direct(new float[ELEMENTS])))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
      killer.join();
    }
  }

  @Test
  void aFailedCollectiveStaysFailed() throws Exception {
    try (Gang gang = Gang.of(2, Duration.ofMillis(300))) {
      Collective survivor = gang.ranks.get(0);
      assertThatThrownBy(() -> sum(survivor, POINT, Gang.direct(new float[10])))
          .hasMessageContaining("nothing moved");
      assertThatThrownBy(
              () -> sum(survivor, new SyncPoint(4, 1, "fast", 42), Gang.direct(new float[10])))
          .isInstanceOf(ExchangeException.class);
    }
  }
}
