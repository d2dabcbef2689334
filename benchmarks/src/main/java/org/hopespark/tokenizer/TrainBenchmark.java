// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Speed of training a tokenizer, without Spark: {@code TrainBenchmark RECORDS VOCABULARY_SIZE
 * THREADS RUNS OUTPUT}, run by {@code ci/bench_train_tokenizer.py}.
 *
 * <p>A file of records holds documents, each behind its length as a little-endian 32-bit integer.
 * Every thread counts the documents it gets, the counts are merged, one thread learns the merges.
 * Prints per run the seconds of counting and of merging; the first run is the JIT compiler's too.
 */
public final class TrainBenchmark {
  private TrainBenchmark() {}

  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    List<byte[]> documents = records(Path.of(arguments[0]));
    int vocabularySize = Integer.parseInt(arguments[1]);
    int numThreads = Integer.parseInt(arguments[2]);
    int numRuns = Integer.parseInt(arguments[3]);
    for (int run = 0; run < numRuns; run++) {
      long start = System.nanoTime();
      PieceCounter counts = count(documents, numThreads);
      long counted = System.nanoTime();
      Tokenizer tokenizer = BpeTrainer.train(counts, vocabularySize);
      long trained = System.nanoTime();
      System.out.printf(
          Locale.ROOT, "%.3f %.3f%n", (counted - start) / 1e9, (trained - counted) / 1e9);
      try (OutputStream out = Files.newOutputStream(Path.of(arguments[4]))) {
        tokenizer.write(out);
      }
    }
  }

  private static PieceCounter count(List<byte[]> documents, int numThreads)
      throws InterruptedException, ExecutionException {
    AtomicInteger next = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(numThreads);
    try {
      List<Future<PieceCounter>> parts = new ArrayList<>();
      for (int i = 0; i < numThreads; i++) {
        parts.add(
            threads.submit(
                () -> {
                  PieceCounter part = new PieceCounter();
                  for (int at = next.getAndIncrement();
                      at < documents.size();
                      at = next.getAndIncrement()) {
                    part.add(documents.get(at));
                  }
                  return part;
                }));
      }

      PieceCounter all = parts.get(0).get();
      for (Future<PieceCounter> part : parts.subList(1, parts.size())) {
        all.merge(part.get());
      }
      return all;
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<byte[]> records(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> documents = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] document = new byte[bytes.getInt()];
      bytes.get(document);
      documents.add(document);
    }
    return documents;
  }
}
