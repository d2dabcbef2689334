// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hopespark.model.config.OptimizerConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.kernel.CrossEntropy;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.LevelSchedule;
import org.hopespark.model.level.Slices;
import org.hopespark.model.level.Stages;
import org.hopespark.model.optimizer.Coefficients;
import org.hopespark.model.optimizer.GradientNorm;
import org.hopespark.model.optimizer.LearningRate;
import org.hopespark.model.optimizer.LevelDivision;
import org.hopespark.model.tensor.BackwardOrder;
import org.hopespark.model.tensor.BlasThreads;
import org.hopespark.model.tensor.Initializer;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;

/**
 * One worker's copy of the model with the gradients of its virtual shards.
 *
 * <p>Every shard gathers its own gradient over the steps of a level's interval, on one thread;
 * shards are added only at the boundary, in a binary tree over their numbers. So the sum over all
 * shards has the same bits whether one worker holds them all or each of N workers a block of them,
 * and the parameters after every step do not depend on N.
 */
public final class Replica implements AutoCloseable {
  private static final int TILE = 4096;

  private final RunConfig config;
  private final ParameterLayout layout;
  private final List<Level> levels;
  private final BackwardOrder order;
  private final Slab parameters;
  private final List<Slab> gradients = new ArrayList<>();
  private final ShardThreads threads;
  private final ShardPasses passes;
  private final Ownership owner;
  private final List<LevelDivision> divisions;
  private final OptimizerState optimizer;
  private final LevelUpdate updates;
  private final LearningRate learningRate;
  private final List<LearningRate> learningRates;
  private final Optional<InitialStates> initialStates;
  private final ReplicaState state;

  private Replica(RunConfig config, int numShards, int threads, Ownership owner) {
    this.config = config;
    this.owner = owner;
    layout = new ParameterLayout(config.model());
    levels = layout.levels();
    order = new BackwardOrder(config.model(), layout);
    parameters = Slab.allocate("parameters", layout.size());
    divisions = LevelDivision.all(config.optimizer(), layout);
    optimizer = new OptimizerState(divisions, owner, layout, parameters);
    for (int shard = 0; shard < numShards; shard++) {
      gradients.add(Slab.allocate("gradients of a virtual shard", layout.size()));
    }
    this.threads = new ShardThreads(Math.min(threads, numShards));
    passes = new ShardPasses(config, layout, parameters, gradients, this.threads);
    updates = new LevelUpdate(this.threads, divisions, owner);
    learningRate = new LearningRate(config.optimizer(), config.training());
    learningRates =
        divisions.stream()
            .map(division -> new LearningRate(division.config(), config.training()))
            .toList();
    initialStates =
        config.model().nestedCms()
            ? Optional.of(new InitialStates(levels, config.model().cmsInitialRate(), parameters))
            : Optional.empty();
    state = new ReplicaState(layout, parameters, gradients, optimizer, initialStates);
  }

  /** A replica that updates every level alone, as the only one. */
  public static Replica create(RunConfig config, int numShards, int threads) {
    return create(config, numShards, threads, Ownership.whole());
  }

  /**
   * Makes a replica with initial parameters, which are the same bits on every worker.
   *
   * @param numShards number of virtual shards that this worker holds, a power of two
   * @param threads Java threads to use, at most one per shard; BLAS runs on one thread inside each
   * @param owner which part of every level it updates
   */
  public static Replica create(RunConfig config, int numShards, int threads, Ownership owner) {
    if (Integer.bitCount(numShards) != 1) {
      throw new IllegalArgumentException(
          "Invalid numShards [" + numShards + "]: must be a power of two");
    }
    BlasThreads.useOne();
    MemoryPlan.of(config, numShards, threads, owner).requireFits(ProcessMemory.limitBesideHeap());
    Replica replica = new Replica(config, numShards, threads, owner);
    Initializer.initialize(replica.layout, config.seed(), replica.parameters);
    replica.initialStates.ifPresent(InitialStates::begin);
    return replica;
  }

  public List<Level> levels() {
    return levels;
  }

  /** The levels whose interval ends with {@code step}, which counts from 1. */
  public List<Level> due(long step) {
    return levels.stream()
        .filter(level -> LevelSchedule.due(level, step, config.training().steps()))
        .toList();
  }

  public Slab parameters() {
    return parameters;
  }

  public long numParameters() {
    return layout.size();
  }

  /** The rate of {@code step}, which counts from 1, for levels without a rate of their own. */
  public double learningRate(long step) {
    return learningRate.at(step);
  }

  /** The rate of {@code step}, which counts from 1, for {@code level}. */
  public double learningRate(Level level, long step) {
    return learningRates.get(level.index()).at(step);
  }

  /** The slices of {@code level}; a single one where this replica owns all of it. */
  public Slices slices(Level level) {
    return owner.slices(divisions.get(level.index()));
  }

  /**
   * Runs forward and backward over one step of every local shard and adds the gradients of the
   * summed losses to the shards' accumulators.
   *
   * @param tokens for each local shard batch-size x (sequence-length + 1) ids, row-major
   */
  public List<ShardLoss> accumulate(int[][] tokens) throws InterruptedException {
    return passes.run(tokens);
  }

  /**
   * As {@link #accumulate(int[][])} at a boundary of {@code due}, of which every stage is summed
   * over the local shards as soon as all of them have passed it; {@link #sumOfShards} is not to be
   * called for them.
   *
   * @param alongside hears of every stage, and runs on the caller's thread meanwhile; if it fails,
   *     the shards may still be at work until {@link #close}
   */
  public List<ShardLoss> accumulate(int[][] tokens, List<Level> due, Alongside alongside)
      throws InterruptedException {
    return passes.run(
        tokens, new BoundaryPass(due, order, updates, gradients, alongside), alongside);
  }

  /**
   * As {@link #accumulate(int[][])}, for targets that are not simply the next tokens.
   *
   * @param inputs for each local shard batch-size x sequence-length ids, row-major
   * @param targets as many; {@link CrossEntropy#NO_TARGET} where a token predicts nothing and
   *     counts for nothing
   */
  public List<ShardLoss> accumulate(int[][] inputs, int[][] targets) throws InterruptedException {
    return passes.run(inputs, targets);
  }

  /**
   * Sums the accumulators of {@code level} over the local shards: (0 + 1) + (2 + 3) and so on, in
   * place.
   *
   * @return the slab that holds the sum in the level's range, until {@link #finish}; whoever sums
   *     over workers overwrites the own slice there
   */
  public Slab sumOfShards(Level level) throws InterruptedException {
    updates.sumShards(level, gradients);
    return gradients.get(0);
  }

  /**
   * The slab that holds the sums of {@link #accumulate(int[][], List, Alongside)}, each from the
   * stage on that it belongs to, as {@link #sumOfShards} would give it.
   */
  public Slab sums() {
    return gradients.get(0);
  }

  /** When which part of the sums of {@code level} is there. */
  public Stages stages(Level level) {
    return order.of(level);
  }

  /** Number of stages of a backward pass. */
  public int numStages() {
    return order.numStages();
  }

  /**
   * Sums of squares of the summed gradient in the own slice, as {@link #sumOfShards} and whoever
   * sums over workers left it there: one per norm block, in order.
   *
   * @return an array that the next call for the level writes again
   */
  public double[] squares(Level level) throws InterruptedException {
    return updates.squares(level, gradients.get(0));
  }

  /**
   * Norm of the mean gradient of {@code level}, before clipping. The blocks are added one after the
   * other, so that the bits do not depend on the number of ranks.
   *
   * @param squares of every slice of the level, in the order of ranks
   * @param tokens number of targets of all shards of all workers since the level's last update
   */
  public double norm(Level level, List<double[]> squares, long tokens) {
    int blocks = 0;
    double sum = 0;
    for (double[] slice : squares) {
      blocks += slice.length;
      for (double block : slice) {
        sum += block;
      }
    }
    int expected = divisions.get(level.index()).numBlocks();
    if (blocks != expected) {
      throw new IllegalArgumentException(
          "Invalid squares [%d blocks of level %s]: must be %d"
              .formatted(blocks, level.name(), expected));
    }
    return Math.sqrt(sum) / tokens;
  }

  /** {@link #squares} and {@link #norm(Level, List, long)} at once, where all of it is owned. */
  public double norm(Level level, long tokens) throws InterruptedException {
    return norm(level, List.of(squares(level)), tokens);
  }

  /**
   * Name of the first tensor of {@code level} whose summed gradient is not finite in the own slice,
   * for the message that ends the run.
   */
  public Optional<String> firstNotFinite(Level level) {
    LevelDivision division = divisions.get(level.index());
    long start = level.offset() + owner.start(division);
    long end = level.offset() + owner.end(division);
    float[] tile = new float[TILE];
    for (TensorSpec tensor : layout.tensors()) {
      long from = Math.max(start, tensor.offset());
      long to = Math.min(end, tensor.offset() + tensor.size());
      if (from < to && !Double.isFinite(GradientNorm.squares(gradients.get(0), from, to, tile))) {
        return Optional.of(tensor.name());
      }
    }
    return Optional.empty();
  }

  /**
   * Updates the own slice of {@code level} from the summed gradient there. Everyone else's has to
   * be brought here before {@link #finish}.
   *
   * @param step global step, from 1, at whose end the level is due
   * @param tokens number of targets of all shards of all workers since the level's last update
   * @param norm as {@link #norm} gave it; has to be finite
   */
  public void update(Level level, long step, long tokens, double norm) throws InterruptedException {
    if (!Double.isFinite(norm)) {
      throw new IllegalArgumentException("Invalid norm [" + norm + "]: must be finite");
    }
    OptimizerConfig rule = divisions.get(level.index()).config();
    long update = LevelSchedule.updates(level, step, config.training().steps());
    updates.step(
        optimizer.pieces(level),
        Coefficients.of(rule, norm, 1.0 / tokens, update, learningRate(level, step)),
        gradients.get(0));
  }

  /**
   * Clears the accumulators of {@code level} when all of its parameters are new. A nested CMS level
   * starts again at the end of the next slower level's interval.
   */
  public void finish(Level level, long step) throws InterruptedException {
    updates.clear(level, gradients);
    initialStates.ifPresent(states -> states.renew(level, step));
  }

  /**
   * {@link #update} and {@link #finish} at once, where all of {@code level} is owned.
   *
   * @param norm as {@link #norm} gave it; has to be finite
   */
  public void apply(Level level, long step, long tokens, double norm) throws InterruptedException {
    update(level, step, tokens, norm);
    finish(level, step);
  }

  /**
   * {@link #norm(Level, long)} and {@link #apply(Level, long, long, double)} at once, for a single
   * worker.
   *
   * @return the norm; where it is not finite nothing is updated
   */
  public double apply(Level level, long step, long tokens) throws InterruptedException {
    double norm = norm(level, tokens);
    if (Double.isFinite(norm)) {
      apply(level, step, tokens, norm);
    }
    return norm;
  }

  /** What a checkpoint keeps. */
  public ReplicaState state() {
    return state;
  }

  /**
   * Multiplications, each with its addition, of all products so far; to be asked between two steps.
   */
  public long multiplyAdds() {
    return passes.multiplyAdds();
  }

  /** XXH3-64 of the level's parameter bits. */
  public long hash(Level level) {
    HashStream64 stream = Hashing.xxh3_64().hashStream();
    byte[] tile = new byte[TILE * Float.BYTES];
    for (long done = 0; done < level.length(); done += TILE) {
      int n = (int) Math.min(TILE, level.length() - done);
      parameters.bytes(level.offset() + done, n).get(tile, 0, n * Float.BYTES);
      stream.putBytes(tile, 0, n * Float.BYTES);
    }
    return stream.getAsLong();
  }

  @Override
  public void close() {
    threads.close();
    passes.close();
    gradients.forEach(Slab::close);
    initialStates.ifPresent(InitialStates::close);
    updates.close();
    optimizer.close();
    parameters.close();
  }
}
