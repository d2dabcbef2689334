// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.hopespark.model.checkpoint.SafetensorsWriter;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nested CMS on the training schedule (Eq. 72): when a level starts again, and from what. */
class TestNestedLevels {
  private static final String LEVELS =
      "model.cms=[{name: fast, period: 1}, {name: mid, period: 2}, {name: slow, period: 6}]";

  private static RunConfig config(String variant, double rate) {
    return TestReplica.config(
        LEVELS, "model.cms-variant=" + variant, "model.cms-initial-rate=" + rate);
  }

  /**
   * By hand: fast (period 1) under mid (2) under slow (4), one parameter each, rate 1/4. The test
   * is the optimizer, and adds 8 to every level that is due.
   */
  @Test
  void initialStatesFollowTheHandCalculation() {
    List<Level> levels =
        List.of(
            new Level(0, "core", 1, 0, 1),
            new Level(1, "fast", 1, 1, 1),
            new Level(2, "mid", 2, 2, 1),
            new Level(3, "slow", 4, 3, 1));
    // core, fast, mid, slow after every step.
    float[][] expected = {
      // Step 1: fast 0 + 8.
      {8, 8, 0, 0},
      // Step 2: fast comes to 16, phi = 0.75 * 0 + 0.25 * 16 = 4; mid 0 + 8.
      {16, 4, 8, 0},
      // Step 3: fast 4 + 8.
      {24, 12, 8, 0},
      // Step 4: fast comes to 20, phi = 3 + 5; mid comes to 16, phi = 4; slow 0 + 8.
      {32, 8, 4, 8},
      {40, 16, 4, 8},
      // Step 6: fast comes to 24, phi = 6 + 6; mid 4 + 8.
      {48, 12, 12, 8},
    };
    try (Slab parameters = Slab.allocate("parameters", 4);
        InitialStates states = new InitialStates(levels, 0.25, parameters)) {
      states.begin();
      for (int step = 1; step <= expected.length; step++) {
        for (Level level : levels) {
          if (step % level.period() == 0) {
            parameters.write(level.offset(), parameters.read(level.offset()) + 8);
            states.renew(level, step);
          }
        }
        float[] actual = new float[4];
        parameters.read(0, actual, 0, 4);
        assertThat(actual).as("after step %d", step).containsExactly(expected[step - 1]);
      }
    }
  }

  @Test
  void rateOneIsSequentialBitForBit() throws Exception {
    assertThat(run(config("nested", 1), 2)).isEqualTo(run(config("sequential", 0.5), 2));
    assertThat(run(config("nested", 0.5), 2)).isNotEqualTo(run(config("sequential", 0.5), 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void theNumberOfThreadsDoesNotChangeABit(int threads) throws Exception {
    assertThat(run(config("nested", 0.5), threads)).isEqualTo(run(config("nested", 0.5), 2));
  }

  private static Map<String, Long> run(RunConfig config, int threads) throws Exception {
    try (Replica replica = Replica.create(config, TestReplica.SHARDS, threads)) {
      for (long step = 1; step <= 12; step++) {
        TestReplica.step(replica, config, step);
      }
      return TestReplica.hashes(replica);
    }
  }

  /** With rate 0 the initial state is that of step 0, so a level that starts again shows it. */
  @Test
  void aLevelStartsAgainAtTheEndOfTheNextSlowerInterval() throws Exception {
    RunConfig config = config("nested", 0);
    try (Replica replica = Replica.create(config, TestReplica.SHARDS, 2)) {
      Map<String, Long> initial = TestReplica.hashes(replica);
      for (long step = 1; step <= 12; step++) {
        TestReplica.step(replica, config, step);
        Map<String, Long> now = TestReplica.hashes(replica);
        assertThat(now.get("fast").equals(initial.get("fast"))).isEqualTo(step % 2 == 0);
        assertThat(now.get("mid").equals(initial.get("mid"))).isEqualTo(step % 6 < 2);
        assertThat(now.get("slow").equals(initial.get("slow"))).isEqualTo(step < 6);
        assertThat(now.get("core")).isNotEqualTo(initial.get("core"));
      }
    }
  }

  /** I4: after step 7 mid is inside its interval, and fast inside mid's. */
  @Test
  void continuesFromSavedStateAsIfNeverStopped() throws Exception {
    RunConfig config = config("nested", 0.5);
    ByteArrayOutputStream parameters = new ByteArrayOutputStream();
    List<float[]> states;
    ByteArrayOutputStream[] accumulators = new ByteArrayOutputStream[TestReplica.SHARDS];
    Map<String, Long> expected;
    List<Level> inside;
    try (Replica replica = Replica.create(config, TestReplica.SHARDS, 2)) {
      for (long step = 1; step <= 7; step++) {
        TestReplica.step(replica, config, step);
      }
      inside = replica.levels().stream().filter(level -> 7 % level.period() != 0).toList();
      replica.state().writeParameters(parameters);
      states = TestReplica.states(replica);
      for (int shard = 0; shard < accumulators.length; shard++) {
        accumulators[shard] = new ByteArrayOutputStream();
        SafetensorsWriter.write(
            accumulators[shard], Map.of(), replica.state().accumulators(shard, inside));
      }
      for (long step = 8; step <= 12; step++) {
        TestReplica.step(replica, config, step);
      }
      expected = TestReplica.hashes(replica);
    }
    try (Replica replica = Replica.create(config, TestReplica.SHARDS, 1)) {
      replica.state().readParameters(new ByteArrayInputStream(parameters.toByteArray()));
      TestReplica.restore(replica, states);
      for (int shard = 0; shard < accumulators.length; shard++) {
        replica
            .state()
            .readAccumulators(
                shard, inside, new ByteArrayInputStream(accumulators[shard].toByteArray()));
      }
      for (long step = 8; step <= 12; step++) {
        TestReplica.step(replica, config, step);
      }
      assertThat(TestReplica.hashes(replica)).isEqualTo(expected);
    }
  }
}
