// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Speed of encoding on the first pass over documents: {@code EncodeBenchmark TOKENIZER_JSON THREADS
 * WARM_UP RECORDS...}, run by {@code ci/bench_tokenizer.py}.
 *
 * <p>A file of records holds documents, each behind its length as a little-endian 32-bit integer.
 * Threads are one number or several, such as {@code 1,2}, whose passes then take turns, so that
 * what slows the machine slows all of them. The JIT compiler is warmed on the first file; then each
 * pass over one of the others has a tokenizer read anew, so that its caches are empty, and encodes
 * every document once. Prints per file and number of threads: the file's name, threads, bytes, ids,
 * and megabytes per second: the median, the slowest and the fastest of those first passes, the
 * median of a second pass of the same tokenizers, and the very first pass of the process over the
 * file, which the JIT compiler slows down.
 */
public final class EncodeBenchmark {
  private static final double WARM_UP_SECONDS = 4;
  private static final int NUM_TOKENIZERS = 9;

  /** Bytes of documents that a thread takes at a time: counters shared per document cost speed. */
  private static final int TAKE_BYTES = 1 << 16;

  private EncodeBenchmark() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    byte[] json = Files.readAllBytes(Path.of(arguments[0]));
    int[] threads = Arrays.stream(arguments[1].split(",")).mapToInt(Integer::parseInt).toArray();
    List<byte[]> warmUp = records(Path.of(arguments[2]));
    for (int i = 3; i < arguments.length; i++) {
      List<byte[]> documents = records(Path.of(arguments[i]));
      long numBytes = documents.stream().mapToLong(document -> document.length).sum();
      AtomicLong numIds = new AtomicLong();
      double cold = pass(read(json), documents, threads[0], numIds);
      if (i == 3) {
        for (int numThreads : threads) {
          warm(read(json), warmUp, numThreads);
        }
      }

      double[][] first = new double[threads.length][NUM_TOKENIZERS];
      double[][] second = new double[threads.length][NUM_TOKENIZERS];
      for (int run = 0; run < NUM_TOKENIZERS; run++) {
        for (int t = 0; t < threads.length; t++) {
          Tokenizer tokenizer = read(json);
          first[t][run] = pass(tokenizer, documents, threads[t], numIds);
          second[t][run] = pass(tokenizer, documents, threads[t], numIds);
        }
      }
      for (int t = 0; t < threads.length; t++) {
        Arrays.sort(first[t]);
        Arrays.sort(second[t]);
        System.out.printf(
            Locale.ROOT,
            "%s %d %d %d %.1f %.1f %.1f %.1f %.1f%n",
            Path.of(arguments[i]).getFileName(),
            threads[t],
            numBytes,
            numIds.get(),
            numBytes / first[t][NUM_TOKENIZERS / 2] / 1e6,
            numBytes / first[t][NUM_TOKENIZERS - 1] / 1e6,
            numBytes / first[t][0] / 1e6,
            numBytes / second[t][NUM_TOKENIZERS / 2] / 1e6,
            numBytes / cold / 1e6);
      }
    }
  }

  private static void warm(Tokenizer tokenizer, List<byte[]> documents, int numThreads)
      throws InterruptedException {
    for (double seconds = 0; seconds < WARM_UP_SECONDS; ) {
      seconds += pass(tokenizer, documents, numThreads, new AtomicLong());
    }
  }

  private static Tokenizer read(byte[] json) {
    return Tokenizer.read(new ByteArrayInputStream(json));
  }

  /** Seconds to encode all documents, of which each thread takes the next few. */
  private static double pass(
      Tokenizer tokenizer, List<byte[]> documents, int numThreads, AtomicLong numIds)
      throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    numIds.set(0);
    List<Thread> threads = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < numThreads; i++) {
      Thread thread = new Thread(() -> encodeSome(tokenizer, documents, next, numIds));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static void encodeSome(
      Tokenizer tokenizer, List<byte[]> documents, AtomicInteger next, AtomicLong numIds) {
    IdBuffer ids = new IdBuffer();
    long count = 0;
    while (true) {
      int from = next.get();
      int to = from;
      for (long taken = 0; to < documents.size() && taken < TAKE_BYTES; to++) {
        taken += documents.get(to).length;
      }
      if (from == to) {
        numIds.addAndGet(count);
        return;
      }
      if (next.compareAndSet(from, to)) {
        for (byte[] document : documents.subList(from, to)) {
          ids.clear();
          tokenizer.encode(document, 0, document.length, ids);
          count += ids.size();
        }
      }
    }
  }

  private static List<byte[]> records(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] record = new byte[bytes.getInt()];
      bytes.get(record);
      records.add(record);
    }
    return records;
  }
}
