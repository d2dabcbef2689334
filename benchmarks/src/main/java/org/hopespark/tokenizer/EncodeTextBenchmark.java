// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Encoding of one text again and again, so that its words are in the cache but for those that take
 * each other's place: an upper bound for text met for the first time, which {@link EncodeBenchmark}
 * measures. Run with {@code benchmarks/run EncodeTextBenchmark}; {@code -prof gc} shows what is
 * allocated. A million bytes a call, 25 million of LINE: 20 ms are 50 MB/s.
 *
 * <p>Under GPT-2's vocabulary where {@code HOPE_JAVA_OPTIONS=-Dhope.data=FOLDER} names a folder
 * with {@code tokenizers/gpt2/tokenizer.json}, else under one of 8192 ids trained on the text
 * ENGLISH.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class EncodeTextBenchmark {
  private static final int VOCABULARY_SIZE = 8192;

  @Param private SampleText text;

  private final IdBuffer ids = new IdBuffer();
  private Tokenizer tokenizer;
  private byte[] utf8;

  @Setup
  public void prepare() throws IOException {
    utf8 = text.make();
    String folder = System.getProperty("hope.data");
    if (folder == null) {
      PieceCounter counts = new PieceCounter();
      counts.add(SampleText.ENGLISH.make());
      tokenizer = BpeTrainer.train(counts, VOCABULARY_SIZE);
    } else {
      Path file = Path.of(folder, "tokenizers", "gpt2", "tokenizer.json");
      try (InputStream in = Files.newInputStream(file)) {
        tokenizer = Tokenizer.read(in);
      }
    }
  }

  @Benchmark
  public int encode() {
    ids.clear();
    tokenizer.encode(utf8, 0, utf8.length, ids);
    return ids.size();
  }
}
