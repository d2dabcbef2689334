// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.hopespark.tokenizer.IdBuffer;
import org.hopespark.tokenizer.Tokenizer;

/**
 * Measures encoding. Every pass reads the tokenizer anew, untimed, so what it remembers of a text
 * it has met in this pass: a corpus is encoded once. Each thread encodes into one buffer of ids.
 */
final class EncodeBenchmark {
  /** Bytes of the documents that a thread takes at a time, at least. */
  private static final int TAKE_BYTES = 1 << 16;

  private static final double NANOS = 1e-9;
  private static final double MEGA = 1e-6;

  private static final byte[] NO_TEXT = {};

  private final byte[] tokenizerFile;
  private final List<byte[]> documents;
  private final int threads;

  EncodeBenchmark(byte[] tokenizerFile, List<byte[]> documents, int threads) {
    this.tokenizerFile = tokenizerFile;
    this.documents = documents;
    this.threads = threads;
  }

  EncodeReport run(int warmup, int passes) throws InterruptedException {
    long bytes = documents.stream().mapToLong(document -> document.length).sum();
    Pass first = pass();
    for (int i = 1; i < warmup; i++) {
      pass();
    }
    double[] speeds = new double[passes];
    double[] allocated = new double[passes];
    for (int i = 0; i < passes; i++) {
      Pass pass = pass();
      speeds[i] = bytes / pass.seconds;
      allocated[i] = pass.allocatedBytes / (bytes * MEGA);
    }
    Arrays.sort(speeds);
    Arrays.sort(allocated);
    return new EncodeReport(
        read().vocabularySize(),
        documents.size(),
        bytes,
        first.tokens,
        (double) bytes / first.tokens,
        threads,
        warmup,
        passes,
        median(speeds),
        speeds[0],
        speeds[passes - 1],
        bytes / first.seconds,
        median(allocated));
  }

  private static double median(double[] sorted) {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** What one pass, or one thread's share of it, gave. */
  private record Pass(long tokens, double seconds, long allocatedBytes) {}

  private Pass pass() throws InterruptedException {
    Tokenizer tokenizer = read();
    AtomicInteger next = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long start = System.nanoTime();
      List<Future<Pass>> parts = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        parts.add(pool.submit(() -> encode(tokenizer, next)));
      }
      long tokens = 0;
      long allocated = 0;
      for (Future<Pass> part : parts) {
        tokens += part.get().tokens;
        allocated += part.get().allocatedBytes;
      }
      return new Pass(tokens, seconds(start), allocated);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Encoding fails for no text", e);
    } finally {
      pool.shutdownNow();
    }
  }

  private Tokenizer read() {
    return Tokenizer.read(new ByteArrayInputStream(tokenizerFile));
  }

  private Pass encode(Tokenizer tokenizer, AtomicInteger next) {
    long start = System.nanoTime();
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    IdBuffer ids = new IdBuffer();
    // Makes this thread's encoder, whose fixed size is no garbage.
    tokenizer.encode(NO_TEXT, 0, 0, ids);
    long allocated = bean.getCurrentThreadAllocatedBytes();
    long tokens = 0;
    while (true) {
      int from = next.get();
      int to = from;
      for (long taken = 0; to < documents.size() && taken < TAKE_BYTES; to++) {
        taken += documents.get(to).length;
      }
      if (from == to) {
        allocated = bean.getCurrentThreadAllocatedBytes() - allocated;
        return new Pass(tokens, seconds(start), allocated);
      }
      if (next.compareAndSet(from, to)) {
        for (int i = from; i < to; i++) {
          byte[] document = documents.get(i);
          ids.clear();
          tokenizer.encode(document, 0, document.length, ids);
          tokens += ids.size();
        }
      }
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * NANOS;
  }
}
