// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;

/**
 * What the products reach at their best here: square products of {@value #SIZE}, one on each of the
 * given number of threads at the same time.
 */
final class SgemmPeak {
  private static final int SIZE = 1024;
  private static final int UNTIMED = 3;
  private static final int TIMED = 15;
  private static final double FLOPS = 2.0 * SIZE * SIZE * SIZE;

  private SgemmPeak() {}

  /** Floating point operations per second of all threads together, from the median product. */
  static double measure(int threads) throws InterruptedException {
    long[] nanos = new long[threads * TIMED];
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Thread> running = new ArrayList<>();
    try (Slab slab = Slab.allocate("measuring products", 3L * threads * SIZE * SIZE)) {
      for (int thread = 0; thread < threads; thread++) {
        int number = thread;
        Thread worker =
            new Thread(() -> multiply(slab, number, start, nanos), "hope-sgemm-" + number);
        worker.setDaemon(true);
        worker.start();
        running.add(worker);
      }
      // The threads work on the slab, so they have to end before it does.
      for (Thread worker : running) {
        worker.join();
      }
    }
    Arrays.sort(nanos);
    return threads * FLOPS / (nanos[nanos.length / 2] * 1e-9);
  }

  private static void multiply(Slab slab, int thread, CyclicBarrier start, long[] nanos) {
    long square = (long) SIZE * SIZE;
    long first = 3L * thread * square;
    Matrix a = Matrix.dense(slab, first, SIZE, SIZE);
    Matrix b = Matrix.dense(slab, first + square, SIZE, SIZE);
    Matrix c = Matrix.dense(slab, first + 2 * square, SIZE, SIZE);
    fill(a);
    fill(b);
    Gemm gemm = new Gemm();
    for (int i = 0; i < UNTIMED; i++) {
      gemm.nn(1, a, b, 0, c);
    }
    try {
      start.await();
    } catch (BrokenBarrierException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    for (int i = 0; i < TIMED; i++) {
      long from = System.nanoTime();
      gemm.nn(1, a, b, 0, c);
      nanos[thread * TIMED + i] = System.nanoTime() - from;
    }
  }

  // Any values that are not zero and stay finite.
  private static void fill(Matrix matrix) {
    float[] row = new float[SIZE];
    for (int r = 0; r < SIZE; r++) {
      for (int c = 0; c < SIZE; c++) {
        row[c] = ((r * 31 + c * 17) % 64 - 31.5f) / 64;
      }
      matrix.storeRow(r, row);
    }
  }
}
