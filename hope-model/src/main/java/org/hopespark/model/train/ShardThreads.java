// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed set of daemon threads that work through the shards of a step, one shard at a time each,
 * and through the blocks of an update.
 */
final class ShardThreads implements AutoCloseable {
  private final int threads;
  private final ExecutorService pool;

  ShardThreads(int threads) {
    this.threads = threads;
    pool =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "hope-shard");
              thread.setDaemon(true);
              return thread;
            });
  }

  int size() {
    return threads;
  }

  /** Work on one block with the scratch of one thread. */
  interface BlockTask {
    void run(int thread, int block);
  }

  /**
   * Runs blocks 0 to {@code blocks - 1} in any order, each once; {@code thread} is below {@link
   * #size} and belongs to one caller at a time.
   */
  void forEach(int blocks, BlockTask task) throws InterruptedException {
    if (threads == 1 || blocks == 1) {
      for (int block = 0; block < blocks; block++) {
        task.run(0, block);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int thread = i;
      tasks.add(
          () -> {
            int block = next.getAndIncrement();
            for (; block < blocks; block = next.getAndIncrement()) {
              task.run(thread, block);
            }
            return thread;
          });
    }
    run(tasks);
  }

  /**
   * Runs all tasks and returns their results in the order of the tasks; the first failure is
   * thrown.
   */
  <T> List<T> run(List<Callable<T>> tasks) throws InterruptedException {
    return run(tasks, () -> {});
  }

  /** What the caller's thread does while the others are at work. */
  interface Meanwhile {
    void run() throws InterruptedException;
  }

  /** As {@link #run(List)}; a failure of {@code meanwhile} calls the tasks off. */
  <T> List<T> run(List<Callable<T>> tasks, Meanwhile meanwhile) throws InterruptedException {
    List<Future<T>> futures = new ArrayList<>();
    tasks.forEach(task -> futures.add(pool.submit(task)));
    try {
      meanwhile.run();
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      futures.forEach(future -> future.cancel(true));
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (RuntimeException | InterruptedException e) {
      futures.forEach(future -> future.cancel(true));
      throw e;
    }
  }

  /** Returns once no thread is inside a shard: the caller frees the memory that they work on. */
  @Override
  public void close() {
    pool.shutdownNow();
    boolean interrupted = false;
    while (!pool.isTerminated()) {
      try {
        pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
