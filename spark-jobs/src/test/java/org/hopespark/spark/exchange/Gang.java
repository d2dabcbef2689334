// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.hopespark.model.level.Slices;

/** N workers as threads of this JVM, linked over the loopback. */
final class Gang implements AutoCloseable {
  static final String HOST = "127.0.0.1";
  static final Duration PATIENCE = Duration.ofSeconds(20);

  final List<Collective> ranks;
  private final ExecutorService threads;

  private Gang(List<Collective> ranks, ExecutorService threads) {
    this.ranks = ranks;
    this.threads = threads;
  }

  interface Work<T> {
    T on(int rank, Collective collective) throws Exception;
  }

  static Endpoint endpoint(int lanes, boolean encrypted, Duration timeout) {
    return new Endpoint(HOST, 0, 1, lanes, encrypted, timeout);
  }

  static Gang of(int size) throws Exception {
    return of(size, PATIENCE);
  }

  static Gang of(int size, Duration timeout) throws Exception {
    return of(size, endpoint(2, false, timeout));
  }

  static Gang of(int size, Endpoint endpoint) throws Exception {
    return of(size, endpoint, UnaryOperator.identity());
  }

  /**
   * @param way what stands between the workers: makes another address of one
   */
  static Gang of(int size, Endpoint endpoint, UnaryOperator<String> way) throws Exception {
    Secret secret = new Secret(0, 1);
    UUID run = new UUID(3, 4);
    List<Transport> transports = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      transports.add(Transport.bind(new Membership(run, 5, rank, size, secret), endpoint));
    }
    List<String> addresses = transports.stream().map(Transport::address).map(way).toList();
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<Collective>> joining = new ArrayList<>();
    for (Transport transport : transports) {
      joining.add(threads.submit(() -> transport.connect(addresses)));
    }
    List<Collective> ranks = new ArrayList<>();
    for (Future<Collective> joined : joining) {
      ranks.add(joined.get(30, TimeUnit.SECONDS));
    }
    return new Gang(ranks, threads);
  }

  /** Runs {@code work} on every rank at once; one entry per rank: the result or the exception. */
  <T> List<Object> attempt(Work<T> work) throws Exception {
    List<Future<T>> running = new ArrayList<>();
    for (int rank = 0; rank < ranks.size(); rank++) {
      int self = rank;
      Callable<T> task = () -> work.on(self, ranks.get(self));
      running.add(threads.submit(task));
    }
    List<Object> outcomes = new ArrayList<>();
    for (Future<T> task : running) {
      try {
        outcomes.add(task.get(60, TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        outcomes.add(e.getCause());
      }
    }
    return outcomes;
  }

  /** Sums one vector per rank and returns what each rank ends with. */
  List<float[]> sum(SyncPoint point, List<float[]> contributions, Slices slices, Wire wire)
      throws Exception {
    List<float[]> results = new ArrayList<>();
    for (Object outcome :
        attempt(
            (rank, collective) -> {
              ByteBuffer range = direct(contributions.get(rank));
              sum(collective, point, range, slices, wire);
              return floats(range);
            })) {
      if (outcome instanceof Exception e) {
        throw e;
      }
      results.add((float[]) outcome);
    }
    return results;
  }

  /** The two halves of an averaging. */
  static void sum(
      Collective collective, SyncPoint point, ByteBuffer range, Slices slices, Wire wire) {
    collective.reduceScatter(point, range, slices, wire);
    collective.allGather(point, range, slices, wire);
  }

  /** All at once: closing one after the other would be leaving in the middle for the last. */
  @Override
  public void close() {
    CompletableFuture.allOf(
            ranks.stream()
                .map(collective -> CompletableFuture.runAsync(collective::close, threads))
                .toArray(CompletableFuture<?>[]::new))
        .join();
    threads.shutdownNow();
  }

  static ByteBuffer direct(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  static float[] floats(ByteBuffer bytes) {
    float[] values = new float[bytes.capacity() / Float.BYTES];
    bytes.order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
    return values;
  }

  /** Values of very different size, so that every order of summing gives other bits. */
  static List<float[]> contributions(int size, int elements, long seed) {
    List<float[]> all = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      SplittableRandom random = new SplittableRandom(seed + rank);
      float[] values = new float[elements];
      for (int i = 0; i < elements; i++) {
        values[i] = (float) ((random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-4, 5)));
      }
      all.add(values);
    }
    return all;
  }

  /** ((0+1)+(2+3))+...: neighbours become one until one is left. */
  static float[] treeSum(List<float[]> contributions) {
    if (contributions.size() == 1) {
      return contributions.get(0);
    }
    List<float[]> half = new ArrayList<>();
    for (int r = 0; r < contributions.size(); r += 2) {
      float[] sum = contributions.get(r).clone();
      for (int i = 0; r + 1 < contributions.size() && i < sum.length; i++) {
        sum[i] += contributions.get(r + 1)[i];
      }
      half.add(sum);
    }
    return treeSum(half);
  }
}
