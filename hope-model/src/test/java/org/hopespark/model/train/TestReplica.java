// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.checkpoint.SafetensorsWriter;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.kernel.CrossEntropy;
import org.hopespark.model.layer.BlockNetwork;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.optimizer.AdamW;
import org.hopespark.model.optimizer.Coefficients;
import org.hopespark.model.optimizer.Moments;
import org.hopespark.model.optimizer.Scratch;
import org.hopespark.model.tensor.Initializer;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestReplica {
  static final int SHARDS = 4;

  static RunConfig config(String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.vocab-size=300",
                "model.dim=16",
                "model.layers=1",
                "model.heads=2",
                "model.memory.chunk=4",
                "model.cms=[{name: fast, period: 1}, {name: mid, period: 2}, {name: slow, period: 5}]",
                "training.sequence-length=8",
                "training.batch-size=2",
                "training.steps=12",
                "training.warmup-steps=2",
                "training.virtual-shards=" + SHARDS));
    all.addAll(List.of(overrides));
    return RunConfig.read(new ByteArrayInputStream(new byte[0]), all);
  }

  static int[] tokens(long step, int shard) {
    return new SplittableRandom(step * 1000 + shard).ints(2 * 9, 0, 300).toArray();
  }

  static void step(Replica replica, RunConfig config, long step) throws Exception {
    int[][] ids = new int[SHARDS][];
    for (int shard = 0; shard < SHARDS; shard++) {
      ids[shard] = tokens(step, shard);
    }
    long perStep = 0;
    for (ShardLoss loss : replica.accumulate(ids)) {
      perStep += loss.tokens();
    }
    for (Level level : replica.levels()) {
      if (LevelSchedule.due(level, step, config.training().steps())) {
        replica.sumOfShards(level);
        long steps = step - LevelSchedule.intervalStart(level, step);
        replica.apply(level, step, perStep * steps);
      }
    }
  }

  static Map<String, Long> hashes(Replica replica) {
    Map<String, Long> hashes = new HashMap<>();
    replica.levels().forEach(level -> hashes.put(level.name(), replica.hash(level)));
    return hashes;
  }

  @Test
  void aGradientThatIsNotFiniteIsNamedAndNotApplied() throws Exception {
    RunConfig config = config();
    try (Replica replica = Replica.create(config, SHARDS, 2)) {
      Map<String, Long> before = hashes(replica);
      Level core = replica.levels().get(0);
      String name = "blocks.0.titans.output.weight";
      long at = new ParameterLayout(config.model()).tensor(name).offset();
      replica.sumOfShards(core).write(at + 3, Float.NaN);
      double norm = replica.norm(core, 1);
      assertThat(norm).isNaN();
      assertThat(replica.firstNotFinite(core)).contains(name);
      assertThatThrownBy(() -> replica.apply(core, 1, 1, norm))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(hashes(replica)).isEqualTo(before);
    }
  }

  /** The blocks of an update are cut by the level, not by the threads that work on them. */
  @Test
  void theNumberOfThreadsChangesNoBit() throws Exception {
    RunConfig config = config("model.vocab-size=5000", "model.dim=32");
    Map<String, Long> expected = null;
    for (int threads : new int[] {1, 2, 4}) {
      try (Replica replica = Replica.create(config, SHARDS, threads)) {
        for (long step = 1; step <= 3; step++) {
          step(replica, config, step);
        }
        Map<String, Long> found = hashes(replica);
        expected = expected == null ? found : expected;
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  /** I2. */
  @Test
  void property07_aLevelChangesAtItsBoundariesOnly() throws Exception {
    RunConfig config = config();
    try (Replica replica = Replica.create(config, SHARDS, 2)) {
      for (long step = 1; step <= 12; step++) {
        Map<String, Long> before = hashes(replica);
        step(replica, config, step);
        for (Level level : replica.levels()) {
          boolean changed = !before.get(level.name()).equals(replica.hash(level));
          assertThat(changed)
              .as("%s at step %d", level.name(), step)
              .isEqualTo(step % level.period() == 0 || step == 12);
        }
      }
    }
  }

  /** Nothing of CMS is left then: no schedule, no gathering, no flush at the end. */
  @Test
  void property06_withEveryPeriodOneCmsIsAnOrdinaryOptimizer() throws Exception {
    RunConfig config =
        config(
            "optimizer.clip-norm=1e9",
            "model.cms=[{name: fast, period: 1}, {name: mid, period: 1}, {name: slow, period: 1}]");
    ParameterLayout layout = new ParameterLayout(config.model());
    try (Replica replica = Replica.create(config, 1, 1);
        Slab parameters = Slab.allocate("parameters", layout.size());
        Slab gradients = Slab.allocate("gradients", layout.size());
        Slab moments1 = Slab.allocate("first moments", layout.size());
        Slab moments2 = Slab.allocate("second moments", layout.size());
        BlockNetwork network = BlockNetwork.create(config.model(), layout, parameters, 2, 8)) {
      AdamW adamW =
          new AdamW(
              config.optimizer(),
              layout,
              parameters,
              new Moments(moments1, 0),
              new Moments(moments2, 0));
      Scratch scratch = new Scratch();
      Initializer.initialize(layout, config.seed(), parameters);
      for (long step = 1; step <= 12; step++) {
        int[] ids = tokens(step, 0);
        ShardLoss loss = replica.accumulate(new int[][] {ids}).get(0);
        for (Level level : replica.levels()) {
          if (LevelSchedule.due(level, step, config.training().steps())) {
            replica.sumOfShards(level);
            long steps = step - LevelSchedule.intervalStart(level, step);
            replica.apply(level, step, loss.tokens() * steps);
          }
        }
        gradients.clear(0, gradients.size());
        network.lossAndGradients(ids, gradients);
        // One pass over all parameters; no clipping, so the norm does not matter.
        Coefficients by =
            Coefficients.of(config.optimizer(), 0, 1.0 / 16, step, replica.learningRate(step));
        adamW.step(by, gradients, 0, layout.size(), scratch);
        for (long i = 0; i < layout.size(); i++) {
          assertThat(Float.floatToRawIntBits(replica.parameters().read(i)))
              .as("element %d after step %d", i, step)
              .isEqualTo(Float.floatToRawIntBits(parameters.read(i)));
        }
      }
    }
  }

  /** Sec. 8: levels that start from trained MLPs keep them where the rate goes to nothing. */
  @Test
  void property14_withTheRateTowardsZeroTrainedWeightsStay() throws Exception {
    ByteArrayOutputStream trained = new ByteArrayOutputStream();
    RunConfig first = config();
    try (Replica replica = Replica.create(first, SHARDS, 1)) {
      for (long step = 1; step <= 12; step++) {
        step(replica, first, step);
      }
      replica.state().writeParameters(trained);
    }
    // Twelve steps of at most one rate each, and decay; 1e-30 is below half a unit in the last
    // place.
    for (double rate : new double[] {1e-3, 1e-5, 1e-30}) {
      RunConfig config = config("optimizer.learning-rate=" + rate);
      try (Replica replica = Replica.create(config, SHARDS, 1)) {
        replica.state().readParameters(new ByteArrayInputStream(trained.toByteArray()));
        float[] before = values(replica);
        Map<String, Long> hashes = hashes(replica);
        for (long step = 1; step <= 12; step++) {
          step(replica, config, step);
        }
        float[] after = values(replica);
        double farthest = 0;
        for (int i = 0; i < after.length; i++) {
          farthest = Math.max(farthest, Math.abs((double) after[i] - before[i]));
        }
        if (rate == 1e-30) {
          assertThat(hashes(replica)).isEqualTo(hashes);
        } else {
          assertThat(farthest).isBetween(0.1 * rate, 50 * rate);
        }
      }
    }
  }

  private static float[] values(Replica replica) {
    float[] values = new float[Math.toIntExact(replica.numParameters())];
    replica.parameters().read(0, values, 0, values.length);
    return values;
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "1, 4", "2, 4"})
  void theNumberOfThreadsDoesNotChangeABit(int some, int more) throws Exception {
    assertThat(run(more)).isEqualTo(run(some));
  }

  private static Map<String, Long> run(int threads) throws Exception {
    RunConfig config = config();
    try (Replica replica = Replica.create(config, SHARDS, threads)) {
      for (long step = 1; step <= 12; step++) {
        step(replica, config, step);
      }
      return hashes(replica);
    }
  }

  /**
   * The tree: two workers with two shards each, added at the end, give the bits of one worker with
   * four.
   */
  @Test
  void halvesAddUpToTheWhole() throws Exception {
    RunConfig config = config();
    try (Replica whole = Replica.create(config, 4, 1);
        Replica left = Replica.create(config, 2, 1);
        Replica right = Replica.create(config, 2, 1)) {
      for (long step = 1; step <= 3; step++) {
        whole.accumulate(
            new int[][] {tokens(step, 0), tokens(step, 1), tokens(step, 2), tokens(step, 3)});
        left.accumulate(new int[][] {tokens(step, 0), tokens(step, 1)});
        right.accumulate(new int[][] {tokens(step, 2), tokens(step, 3)});
      }
      for (Level level : whole.levels()) {
        Slab expected = whole.sumOfShards(level);
        Slab a = left.sumOfShards(level);
        Slab b = right.sumOfShards(level);
        for (long i = level.offset(); i < level.offset() + level.length(); i++) {
          assertThat(Float.floatToRawIntBits(a.read(i) + b.read(i)))
              .isEqualTo(Float.floatToRawIntBits(expected.read(i)));
        }
      }
    }
  }

  /** A copy of all that a replica keeps beside its parameters and accumulators. */
  static List<float[]> states(Replica replica) {
    return ranges(replica).stream()
        .map(
            range -> {
              float[] values = new float[(int) (range.to() - range.from())];
              range.slab().read(range.offset(), values, 0, values.length);
              return values;
            })
        .toList();
  }

  static void restore(Replica replica, List<float[]> states) {
    List<StateRange> ranges = ranges(replica);
    assertThat(ranges).hasSameSizeAs(states).isNotEmpty();
    for (int i = 0; i < states.size(); i++) {
      StateRange range = ranges.get(i);
      range.slab().write(range.offset(), states.get(i), 0, states.get(i).length);
    }
  }

  private static List<StateRange> ranges(Replica replica) {
    List<StateRange> ranges = new ArrayList<>(replica.state().optimizer());
    ranges.addAll(replica.state().shared());
    return ranges;
  }

  /** I4: inside the intervals of mid (2) and slow (5). */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer.name=adamw",
        "optimizer.name=sgd",
        "optimizer.levels=[{level: core, name: muon}, {level: mid, name: muon}, {level: slow, name: sgd}]"
      })
  void continuesFromSavedStateAsIfNeverStopped(String optimizers) throws Exception {
    RunConfig config = config(optimizers);
    ByteArrayOutputStream parameters = new ByteArrayOutputStream();
    List<float[]> states;
    List<byte[]> accumulators = new ArrayList<>();
    Map<String, Long> expected;
    List<Level> inside;
    try (Replica replica = Replica.create(config, SHARDS, 2)) {
      for (long step = 1; step <= 7; step++) {
        step(replica, config, step);
      }
      inside = replica.levels().stream().filter(level -> 7 % level.period() != 0).toList();
      assertThat(inside).extracting(Level::name).containsExactly("mid", "slow");
      replica.state().writeParameters(parameters);
      states = states(replica);
      for (int shard = 0; shard < SHARDS; shard++) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SafetensorsWriter.write(out, Map.of(), replica.state().accumulators(shard, inside));
        accumulators.add(out.toByteArray());
      }
      for (long step = 8; step <= 12; step++) {
        step(replica, config, step);
      }
      expected = hashes(replica);
    }
    try (Replica replica = Replica.create(config("seed=99", optimizers), SHARDS, 1)) {
      replica.state().readParameters(new ByteArrayInputStream(parameters.toByteArray()));
      restore(replica, states);
      for (int shard = 0; shard < SHARDS; shard++) {
        replica
            .state()
            .readAccumulators(shard, inside, new ByteArrayInputStream(accumulators.get(shard)));
      }
      for (long step = 8; step <= 12; step++) {
        step(replica, config, step);
      }
      assertThat(hashes(replica)).isEqualTo(expected);
    }
  }

  @Test
  void anotherModelsCheckpointIsRefusedByName() throws IOException {
    ByteArrayOutputStream parameters = new ByteArrayOutputStream();
    try (Replica replica = Replica.create(config(), 1, 1)) {
      replica.state().writeParameters(parameters);
    }
    try (Replica other = Replica.create(config("model.layers=2"), 1, 1)) {
      assertThatThrownBy(
              () ->
                  other.state().readParameters(new ByteArrayInputStream(parameters.toByteArray())))
          .isInstanceOf(CorruptCheckpointException.class)
          .hasMessageStartingWith("Cannot read safetensors [blocks.1.");
    }
  }

  @ParameterizedTest
  @CsvSource({"adamw, 0.01", "muon, 0.02", "sgd, 0.1"})
  void trainingOnOneBatchLearnsIt(String optimizer, double rate) throws Exception {
    RunConfig config =
        config(
            "training.steps=200",
            "optimizer.name=" + optimizer,
            "optimizer.learning-rate=" + rate,
            "model.cms=[{name: fast, period: 1}]");
    try (Replica replica = Replica.create(config, 1, 1)) {
      int[] ids = tokens(1, 0);
      double first = 0;
      double last = 0;
      for (long step = 1; step <= 200; step++) {
        ShardLoss loss = replica.accumulate(new int[][] {ids}).get(0);
        last = loss.lossSum() / loss.tokens();
        first = step == 1 ? last : first;
        for (Level level : replica.levels()) {
          replica.sumOfShards(level);
          replica.apply(level, step, loss.tokens());
        }
      }
      // 16 random targets among 300: nothing but memorising them gets below the uniform loss.
      assertThat(first).isGreaterThan(5.4);
      System.out.printf("%s: from %.3f to %.3f%n", optimizer, first, last);
      assertThat(last).isLessThan(1.0);
    }
  }

  @Test
  void onlyRealTargetsAreCounted() throws Exception {
    RunConfig config = config();
    int[] inputs = new SplittableRandom(5).ints(2 * 8, 0, 300).toArray();
    int[] targets = new int[2 * 8];
    Arrays.fill(targets, CrossEntropy.NO_TARGET);
    targets[3] = 7;
    targets[15] = 0;
    try (Replica replica = Replica.create(config, 2, 1)) {
      List<ShardLoss> losses =
          replica.accumulate(new int[][] {inputs, inputs}, new int[][] {targets, new int[2 * 8]});
      assertThat(losses).extracting(ShardLoss::tokens).containsExactly(2L, 16L);
      // Logits start with a deviation of about 0.08, so every token is about equally likely.
      assertThat(losses.get(0).lossSum()).isCloseTo(2 * Math.log(300), within(0.5));
    }
  }
}
