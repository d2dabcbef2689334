// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.level.Slices;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replicas that each own a slice, with the exchange done by hand in one process: the owner of a
 * slice adds the contributions in the tree over ranks, and everyone gets its new parameters.
 */
class TestSlicedUpdate {
  private static final int SHARDS = 4;
  private static final int STEPS = 17;
  private static final long TOKENS = SHARDS * 2L * 8;

  private static RunConfig config(String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "model.vocab-size=300",
                "model.dim=24",
                "model.layers=1",
                "model.heads=2",
                "model.memory.chunk=4",
                "model.cms=[{name: fast, period: 1}, {name: mid, period: 4}, {name: slow, period: 16}]",
                "training.steps=" + STEPS));
    settings.addAll(List.of(more));
    return TestReplica.config(settings.toArray(String[]::new));
  }

  /** What is left of a run: bits of every parameter and of the state of every element. */
  private static Map<String, List<Integer>> run(RunConfig config, int size) throws Exception {
    List<Replica> ranks = new ArrayList<>();
    List<Double> norms = new ArrayList<>();
    try {
      for (int rank = 0; rank < size; rank++) {
        ranks.add(Replica.create(config, SHARDS / size, 2, Ownership.slice(rank, size)));
      }
      for (long step = 1; step <= STEPS; step++) {
        accumulate(ranks, step);
        for (Level level : ranks.get(0).levels()) {
          if (LevelSchedule.due(level, step, STEPS)) {
            long steps = step - LevelSchedule.intervalStart(level, step);
            norms.add(exchange(ranks, level, step, steps * TOKENS));
          }
        }
      }
      Map<String, List<Integer>> bits = bits(ranks);
      // Two words each: what differs in the last bits of a norm hardly shows in float32.
      bits.put(
          "norms",
          norms.stream()
              .map(Double::doubleToRawLongBits)
              .flatMap(word -> Stream.of((int) (word >>> 32), word.intValue()))
              .toList());
      return bits;
    } finally {
      ranks.forEach(Replica::close);
    }
  }

  private static void accumulate(List<Replica> ranks, long step) throws Exception {
    int shards = SHARDS / ranks.size();
    for (int rank = 0; rank < ranks.size(); rank++) {
      int[][] ids = new int[shards][];
      for (int shard = 0; shard < shards; shard++) {
        ids[shard] = TestReplica.tokens(step, rank * shards + shard);
      }
      ranks.get(rank).accumulate(ids);
    }
  }

  /** Returns the norm. */
  private static double exchange(List<Replica> ranks, Level level, long step, long tokens)
      throws Exception {
    int size = ranks.size();
    List<Slab> sums = new ArrayList<>();
    for (Replica rank : ranks) {
      sums.add(rank.sumOfShards(level));
    }
    Slices slices = ranks.get(0).slices(level);
    assertThat(slices.size()).isEqualTo(size);
    float[] contributions = new float[size];
    for (int owner = 0; owner < size; owner++) {
      long from = level.offset() + slices.start(owner);
      for (long at = from; at < from + slices.length(owner); at++) {
        for (int rank = 0; rank < size; rank++) {
          contributions[rank] = sums.get(rank).read(at);
        }
        for (int distance = 1; distance < size; distance *= 2) {
          for (int rank = 0; rank < size; rank += 2 * distance) {
            contributions[rank] += contributions[rank + distance];
          }
        }
        sums.get(owner).write(at, contributions[0]);
      }
    }
    List<double[]> squares = new ArrayList<>();
    for (Replica rank : ranks) {
      squares.add(rank.squares(level));
    }
    double norm = ranks.get(0).norm(level, squares, tokens);
    for (Replica rank : ranks) {
      assertThat(rank.norm(level, squares, tokens)).isEqualTo(norm);
      rank.update(level, step, tokens, norm);
    }
    for (int owner = 0; owner < size; owner++) {
      long from = level.offset() + slices.start(owner);
      for (Replica rank : ranks) {
        if (rank != ranks.get(owner)) {
          rank.parameters().copy(ranks.get(owner).parameters(), from, from, slices.length(owner));
        }
      }
    }
    for (Replica rank : ranks) {
      rank.finish(level, step);
    }
    return norm;
  }

  private static Map<String, List<Integer>> bits(List<Replica> ranks) {
    Map<String, List<Integer>> all = new TreeMap<>();
    for (Replica rank : ranks) {
      all.putIfAbsent("parameters", bits(rank.parameters(), 0, rank.numParameters()));
      assertThat(bits(rank.parameters(), 0, rank.numParameters())).isEqualTo(all.get("parameters"));
      for (StateRange range : rank.state().optimizer()) {
        // Every element once, whatever the number of ranges: keyed by where it is in its level.
        for (long at = range.from(); at < range.to(); at++) {
          String key = range.level().name() + " " + range.name() + " " + at;
          List<Integer> value = bits(range.slab(), range.offset() + at - range.from(), 1);
          assertThat(all.put(key, value)).as(key).isNull();
        }
      }
    }
    return all;
  }

  private static List<Integer> bits(Slab slab, long from, long length) {
    float[] values = new float[Math.toIntExact(length)];
    slab.read(from, values, 0, values.length);
    List<Integer> bits = new ArrayList<>();
    for (float value : values) {
      bits.add(Float.floatToRawIntBits(value));
    }
    return bits;
  }

  /** I1; every norm is above the longest allowed, so that its bits matter. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "optimizer.name=adamw | optimizer.clip-norm=0.05",
        "optimizer.name=sgd | optimizer.clip-norm=0.05",
        "optimizer.name=muon | optimizer.clip-norm=0.05",
        "optimizer.name=muon | model.cms-variant=nested",
        "optimizer.clip-norm=0.05 | optimizer.levels=[{level: mid, name: muon}, {level: slow, name: sgd, learning-rate: 1e-1}]"
      })
  void theNumberOfRanksChangesNoBitOfParametersAndStates(String first, String second)
      throws Exception {
    RunConfig config = config(first, second);
    Map<String, List<Integer>> expected = run(config, 1);
    for (int size : new int[] {2, 4}) {
      assertThat(run(config, size).equals(expected)).as("%d ranks", size).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"adamw", "sgd", "muon"})
  void everySliceIsOwnedOnceAndAboutEqual(String name) {
    RunConfig config = config("optimizer.name=" + name, "model.vocab-size=5000");
    long[] held = new long[2];
    for (int rank = 0; rank < 2; rank++) {
      try (Replica replica = Replica.create(config, 1, 1, Ownership.slice(rank, 2))) {
        for (StateRange range : replica.state().optimizer()) {
          held[rank] += range.to() - range.from();
        }
        for (Level level : replica.levels()) {
          Slices slices = replica.slices(level);
          assertThat(slices.elements()).isEqualTo(level.length());
          // The largest thing that is not cut: an up projection of 48 x 24, or half a block.
          assertThat((double) slices.length(0) / level.length())
              .isBetween(0.5 - 1152.0 / level.length(), 0.5 + 1152.0 / level.length());
        }
      }
    }
    try (Replica whole = Replica.create(config, 1, 1)) {
      long states = 0;
      for (StateRange range : whole.state().optimizer()) {
        states += range.to() - range.from();
      }
      assertThat(Arrays.stream(held).sum()).isEqualTo(states);
      assertThat(states).isLessThanOrEqualTo((name.equals("sgd") ? 1 : 2) * whole.numParameters());
    }
  }

  @Test
  void levelsThatAreNotSlicedAreOwnedWhole() throws Exception {
    RunConfig config = config();
    Ownership owner = new Ownership(1, 2, level -> !level.name().equals("slow"));
    try (Replica replica = Replica.create(config, 1, 1, owner)) {
      Level fast = replica.levels().get(1);
      Level slow = replica.levels().get(3);
      assertThat(replica.slices(fast).size()).isEqualTo(2);
      assertThat(replica.slices(slow)).isEqualTo(new Slices(List.of(0L, slow.length())));
      assertThat(replica.state().optimizer())
          .filteredOn(range -> range.level().equals(slow))
          .extracting(StateRange::name, StateRange::from, StateRange::to)
          .containsExactly(
              tuple("exp_avg", 0L, slow.length()), tuple("exp_avg_sq", 0L, slow.length()));
      replica.accumulate(new int[][] {TestReplica.tokens(1, 0)});
      replica.sumOfShards(slow);
      assertThat(replica.norm(slow, 16)).isPositive();
      assertThatThrownBy(() -> replica.norm(fast, 16))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("blocks of level fast");
    }
  }

  @Test
  void aSliceLeavesTheRestOfTheParametersAlone() throws Exception {
    RunConfig config = config("optimizer.name=muon");
    try (Replica replica = Replica.create(config, SHARDS, 2, Ownership.slice(1, 2))) {
      int[][] ids = new int[SHARDS][];
      Arrays.setAll(ids, shard -> new SplittableRandom(shard).ints(2 * 9, 0, 300).toArray());
      replica.accumulate(ids);
      for (Level level : replica.levels()) {
        long own = replica.slices(level).start(1);
        List<Integer> before = bits(replica.parameters(), level.offset(), level.length());
        replica.sumOfShards(level);
        replica.update(level, level.period(), TOKENS, 1);
        List<Integer> after = bits(replica.parameters(), level.offset(), level.length());
        for (int i = 0; i < after.size(); i++) {
          if (i < own) {
            assertThat(after.get(i)).isEqualTo(before.get(i));
          }
        }
        assertThat(after.subList((int) own, after.size()))
            .isNotEqualTo(before.subList((int) own, after.size()));
      }
    }
  }

  @Test
  void whatIsNotFiniteIsNamedByItsOwner() throws Exception {
    try (Replica replica = Replica.create(config(), 1, 1, Ownership.slice(1, 2))) {
      Level core = replica.levels().get(0);
      long own = core.offset() + replica.slices(core).start(1);
      replica.sumOfShards(core).write(own - 1, Float.NaN);
      assertThat(replica.firstNotFinite(core)).isEmpty();
      assertThat(replica.squares(core)).doesNotContain(Double.NaN);
      replica.sumOfShards(core).write(own, Float.POSITIVE_INFINITY);
      assertThat(replica.firstNotFinite(core)).isPresent();
      assertThat(replica.squares(core)[0]).isInfinite();
    }
  }

  @Test
  void levelsHaveTheirOwnRates() {
    RunConfig config =
        config(
            "optimizer.learning-rate=0.01",
            "optimizer.levels=[{level: mid, learning-rate: 0.5}]",
            "training.warmup-steps=4");
    try (Replica replica = Replica.create(config, 1, 1)) {
      // Half of the warm-up.
      assertThat(replica.learningRate(2)).isEqualTo(0.005);
      assertThat(replica.levels())
          .extracting(level -> replica.learningRate(level, 2))
          .containsExactly(0.005, 0.005, 0.25, 0.005);
    }
  }
}
