// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.train.Replica;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestSurvivors {
  private static final UUID RUN = UUID.randomUUID();

  private static Survivors.Place place(String checkpoint) {
    return new Survivors.Place(RUN, 2, checkpoint);
  }

  private static Survivors.Memory memory() {
    RunConfig config = TinyRun.config();
    Replica replica = Replica.create(config, 1, 1);
    Gang gang = new Gang(config, 0, 2);
    return new Survivors.Memory(replica, gang, new LevelAverages(replica, gang));
  }

  private static boolean isClosed(Survivors.Memory memory) {
    return memory.replica().parameters().isClosed();
  }

  @AfterEach
  void free() {
    Survivors.release(RUN);
  }

  @Test
  void aRankFindsWhatItLeft() {
    Survivors.Memory mine = memory();
    Survivors.Memory neighbours = memory();
    Survivors.keep(place("a"), 0, mine);
    Survivors.keep(place("a"), 1, neighbours);
    assertThat(Survivors.take(place("a"), 0)).containsSame(mine);
    // Given away once.
    assertThat(Survivors.take(place("a"), 0)).isEmpty();
    assertThat(Survivors.take(place("a"), 1)).containsSame(neighbours);
    assertThat(isClosed(mine)).isFalse();
    mine.close();
    neighbours.close();
  }

  @Test
  void whatBelongsToAnotherPlaceIsFreed() {
    for (Survivors.Place other :
        List.of(
            place("b"),
            new Survivors.Place(UUID.randomUUID(), 2, "a"),
            new Survivors.Place(RUN, 4, "a"),
            place(null))) {
      Survivors.Memory mine = memory();
      Survivors.keep(place("a"), 0, mine);
      assertThat(Survivors.take(other, 0)).isEmpty();
      assertThat(isClosed(mine)).isTrue();
      assertThat(Survivors.count()).isZero();
    }
  }

  @Test
  void thereIsOneForEachRank() {
    Survivors.Memory first = memory();
    Survivors.Memory second = memory();
    Survivors.keep(place("a"), 0, first);
    Survivors.keep(place("a"), 0, second);
    assertThat(isClosed(first)).isTrue();
    assertThat(Survivors.take(place("a"), 0)).containsSame(second);
    second.close();
  }

  @Test
  void ranksGoByExecutorAndNotByPartition() {
    List<String> executors = List.of("b:2", "c:1", "a:9");
    assertThat(RankTask.rank(executors, 0)).isEqualTo(1);
    assertThat(RankTask.rank(executors, 1)).isEqualTo(2);
    assertThat(RankTask.rank(executors, 2)).isZero();
    // Threads of one process.
    assertThat(RankTask.rank(List.of("a:1", "a:1", "a:1"), 1)).isEqualTo(1);
  }
}
