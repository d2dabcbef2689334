// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.kernel.CrossEntropy;
import org.hopespark.model.layer.BlockNetwork;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;

/**
 * Forward and backward passes over one step of every virtual shard of a worker, each on one thread
 * and into a gradient of its own. There are activations for as many shards as there are threads.
 */
final class ShardPasses implements AutoCloseable {
  private final List<Slab> gradients;
  private final ShardThreads threads;
  private final BlockingQueue<BlockNetwork> networks;

  /** Of one shard in one step, where every token has one. */
  private final long targetsPerShard;

  ShardPasses(
      RunConfig config,
      ParameterLayout layout,
      Slab parameters,
      List<Slab> gradients,
      ShardThreads threads) {
    this.gradients = gradients;
    this.threads = threads;
    int batchSize = config.training().batchSize();
    int sequenceLength = config.training().sequenceLength();
    targetsPerShard = (long) batchSize * sequenceLength;
    networks = new ArrayBlockingQueue<>(threads.size());
    for (int thread = 0; thread < threads.size(); thread++) {
      networks.add(
          BlockNetwork.create(config.model(), layout, parameters, batchSize, sequenceLength));
    }
  }

  /** See {@link Replica#accumulate(int[][])}. */
  List<ShardLoss> run(int[][] tokens) throws InterruptedException {
    List<Callable<ShardLoss>> tasks = new ArrayList<>();
    for (int shard = 0; shard < tokens.length; shard++) {
      int[] ids = tokens[shard];
      Slab gradient = gradients.get(shard);
      tasks.add(pass(network -> network.lossAndGradients(ids, gradient), targetsPerShard));
    }
    return threads.run(tasks);
  }

  /** See {@link Replica#accumulate(int[][], List, Alongside)}. */
  List<ShardLoss> run(int[][] tokens, BoundaryPass boundary, Alongside alongside)
      throws InterruptedException {
    List<Callable<ShardLoss>> tasks = new ArrayList<>();
    for (int shard = 0; shard < tokens.length; shard++) {
      int[] ids = tokens[shard];
      Slab gradient = gradients.get(shard);
      Callable<ShardLoss> task =
          pass(
              network -> network.lossAndGradients(ids, gradient, boundary::passed),
              targetsPerShard);
      tasks.add(() -> reportingFailure(task, boundary));
    }
    try {
      return threads.run(tasks, alongside::run);
    } catch (RuntimeException e) {
      // The exchange that had to be called off is not the cause.
      Throwable cause = boundary.failure();
      if (cause == null || cause == e) {
        throw e;
      }
      throw cause instanceof RuntimeException own ? own : new IllegalStateException(cause);
    }
  }

  private static ShardLoss reportingFailure(Callable<ShardLoss> task, BoundaryPass boundary)
      throws Exception {
    try {
      return task.call();
    } catch (RuntimeException | Error e) {
      // Not where the shard was called off itself.
      boundary.failed(e);
      throw e;
    }
  }

  /** See {@link Replica#accumulate(int[][], int[][])}. */
  List<ShardLoss> run(int[][] inputs, int[][] targets) throws InterruptedException {
    List<Callable<ShardLoss>> tasks = new ArrayList<>();
    for (int shard = 0; shard < inputs.length; shard++) {
      int[] ids = inputs[shard];
      int[] wanted = targets[shard];
      Slab gradient = gradients.get(shard);
      long counted = Arrays.stream(wanted).filter(id -> id != CrossEntropy.NO_TARGET).count();
      tasks.add(pass(network -> network.lossAndGradients(ids, wanted, gradient), counted));
    }
    return threads.run(tasks);
  }

  private Callable<ShardLoss> pass(ToDoubleFunction<BlockNetwork> loss, long targets) {
    return () -> {
      BlockNetwork network = networks.take();
      try {
        return new ShardLoss(loss.applyAsDouble(network), targets);
      } finally {
        networks.add(network);
      }
    };
  }

  /** See {@link Replica#multiplyAdds}. */
  long multiplyAdds() {
    return networks.stream().mapToLong(BlockNetwork::multiplyAdds).sum();
  }

  /** To be called when no thread is inside a shard. */
  @Override
  public void close() {
    networks.forEach(BlockNetwork::close);
  }
}
