// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.experiment;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.config.TrainingConfig;
import org.hopespark.model.layer.BlockNetwork;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.train.Replica;
import org.hopespark.model.train.ShardLoss;

/**
 * Trains a model on {@link RecallTask} and prints its accuracy on fresh sequences as JSON lines:
 * does the memory learn in context?
 *
 * <pre>
 * Recall --config FILE [--set KEY=VALUE]... [--pairs 4] [--threads 1] [--enough 0]
 * </pre>
 *
 * <p>{@code --enough 0.99} ends the run once three evaluations in a row reach that accuracy; the
 * learning rate follows {@code training.steps} all the same.
 */
public final class Recall {
  private static final int EVALUATED_SEQUENCES = 512;
  private static final int ENOUGH_IN_A_ROW = 3;
  private static final double LEARNT = 0.95;

  private final RunConfig config;
  private final int threads;
  private final double enough;
  private final RecallTask training;
  private final RecallTask evaluation;

  private Recall(RunConfig config, int pairs, int threads, double enough) {
    this.config = config;
    this.threads = threads;
    this.enough = enough;
    SplittableRandom random = new SplittableRandom(config.seed());
    training = task(pairs, random.split());
    evaluation = task(pairs, random.split());
  }

  private RecallTask task(int pairs, SplittableRandom random) {
    int tokens = config.training().sequenceLength();
    return new RecallTask(config.model().vocabularySize(), tokens, pairs, random);
  }

  public static void main(String[] args) throws Exception {
    Path file = null;
    List<String> overrides = new ArrayList<>();
    int pairs = 4;
    int threads = 1;
    double enough = 0;
    for (int i = 0; i + 1 < args.length; i += 2) {
      String value = args[i + 1];
      switch (args[i]) {
        case "--config" -> file = Path.of(value);
        case "--set" -> overrides.add(value);
        case "--pairs" -> pairs = Integer.parseInt(value);
        case "--threads" -> threads = Integer.parseInt(value);
        case "--enough" -> enough = Double.parseDouble(value);
        default -> throw new IllegalArgumentException("Invalid option [" + args[i] + "]");
      }
    }
    try (InputStream yaml = Files.newInputStream(file)) {
      new Recall(RunConfig.read(yaml, overrides), pairs, threads, enough).run();
    }
  }

  private void run() throws InterruptedException {
    TrainingConfig length = config.training();
    int rows = length.batchSize() * length.sequenceLength();
    int shards = length.virtualShards();
    int[][] inputs = new int[shards][rows];
    int[][] targets = new int[shards][rows];
    ParameterLayout layout = new ParameterLayout(config.model());
    print("{\"config\": %s}", config.toJson().replaceAll("\\s*\\n\\s*", " "));
    try (Replica replica = Replica.create(config, shards, threads);
        BlockNetwork network =
            BlockNetwork.create(
                config.model(),
                layout,
                replica.parameters(),
                length.batchSize(),
                length.sequenceLength())) {
      long start = System.nanoTime();
      double loss = 0;
      double accuracy = 0;
      double best = 0;
      long learntAt = -1;
      int inARow = 0;
      long step = 0;
      while (step < length.steps() && (enough == 0 || inARow < ENOUGH_IN_A_ROW)) {
        step++;
        for (int shard = 0; shard < shards; shard++) {
          training.draw(inputs[shard], targets[shard]);
        }
        loss += step(replica, step, inputs, targets) / length.logEvery();
        if (step % length.logEvery() == 0) {
          accuracy = accuracy(network, inputs[0], targets[0]);
          best = Math.max(best, accuracy);
          learntAt = accuracy < LEARNT ? -1 : learntAt < 0 ? step : learntAt;
          inARow = accuracy < enough ? 0 : inARow + 1;
          print(
              "{\"step\": %d, \"loss\": %.4f, \"accuracy\": %.4f, \"seconds\": %.1f}",
              step, loss, accuracy, (System.nanoTime() - start) * 1e-9);
          loss = 0;
        }
      }
      print(
          "{\"steps\": %d, \"finalAccuracy\": %.4f, \"bestAccuracy\": %.4f, \"learntAt\": %d}",
          step, accuracy, best, learntAt);
    }
  }

  /** Takes one step and returns its mean loss. */
  private double step(Replica replica, long step, int[][] inputs, int[][] targets)
      throws InterruptedException {
    double sum = 0;
    long counted = 0;
    for (ShardLoss loss : replica.accumulate(inputs, targets)) {
      sum += loss.lossSum();
      counted += loss.tokens();
    }
    for (Level level : replica.levels()) {
      if (LevelSchedule.due(level, step, config.training().steps())) {
        replica.sumOfShards(level);
        long interval = step - LevelSchedule.intervalStart(level, step);
        double norm = replica.apply(level, step, interval * counted);
        if (!Double.isFinite(norm)) {
          throw new IllegalStateException(
              "Invalid gradient of level %s at step %d: it is not finite"
                  .formatted(level.name(), step));
        }
      }
    }
    return sum / counted;
  }

  /** Share of queries whose likeliest next id, among all ids, is the value that belongs there. */
  private double accuracy(BlockNetwork network, int[] inputs, int[] targets) {
    int length = config.training().sequenceLength();
    float[] logits = new float[config.model().vocabularySize()];
    long right = 0;
    long asked = 0;
    for (int done = 0; done < EVALUATED_SEQUENCES; done += config.training().batchSize()) {
      evaluation.draw(inputs, targets);
      network.logits(inputs, 0, logits);
      for (int start = 0; start < inputs.length; start += length) {
        for (int query = 0; query < evaluation.queries(); query++) {
          int row = start + evaluation.position(query);
          network.logits(row, logits);
          right += likeliest(logits) == targets[row] ? 1 : 0;
          asked++;
        }
      }
    }
    return (double) right / asked;
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      best = logits[id] > logits[best] ? id : best;
    }
    return best;
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(java.util.Locale.ROOT, format, values));
  }
}
