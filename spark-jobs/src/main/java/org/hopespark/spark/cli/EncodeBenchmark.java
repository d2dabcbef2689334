// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.hopespark.tokenizer.Tokenizer;

/**
 * Measures encoding. Every pass reads the tokenizer anew, untimed, so what it remembers of a text
 * it has met in this pass: a corpus is encoded once.
 */
final class EncodeBenchmark {
  /** Bytes of the documents that a thread takes at a time, at least. */
  private static final int TAKE_BYTES = 1 << 16;

  private static final double NANOS = 1e-9;

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
    for (int i = 0; i < passes; i++) {
      speeds[i] = bytes / pass().seconds;
    }
    Arrays.sort(speeds);
    return new EncodeReport(
        read().vocabularySize(),
        documents.size(),
        bytes,
        first.tokens,
        (double) bytes / first.tokens,
        threads,
        warmup,
        passes,
        (speeds[(passes - 1) / 2] + speeds[passes / 2]) / 2,
        speeds[0],
        speeds[passes - 1],
        bytes / first.seconds);
  }

  private record Pass(long tokens, double seconds) {}

  private Pass pass() throws InterruptedException {
    Tokenizer tokenizer = read();
    AtomicInteger next = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long start = System.nanoTime();
      List<Future<Long>> parts = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        parts.add(pool.submit(() -> encode(tokenizer, next)));
      }
      long tokens = 0;
      for (Future<Long> part : parts) {
        tokens += part.get();
      }
      return new Pass(tokens, (System.nanoTime() - start) * NANOS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Encoding fails for no text", e);
    } finally {
      pool.shutdownNow();
    }
  }

  private Tokenizer read() {
    return Tokenizer.read(new ByteArrayInputStream(tokenizerFile));
  }

  private long encode(Tokenizer tokenizer, AtomicInteger next) {
    long tokens = 0;
    while (true) {
      int from = next.get();
      int to = from;
      for (long taken = 0; to < documents.size() && taken < TAKE_BYTES; to++) {
        taken += documents.get(to).length;
      }
      if (from == to) {
        return tokens;
      }
      if (next.compareAndSet(from, to)) {
        for (int i = from; i < to; i++) {
          tokens += tokenizer.encode(documents.get(i)).length;
        }
      }
    }
  }
}
