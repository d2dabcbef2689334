// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A small made-up corpus, and the steps on it with paths below one test directory. */
final class Corpus {
  private static final List<String> WORDS =
      List.of(
          "the", "memory", "of", "levels", "learns", "slowly", "and", "\u4E2D\u6587", "it's", "42");

  private Corpus() {}

  /** Writes 5 files of 40 documents each under {@code corpus}; every 10th text occurs twice. */
  static Path write(Path dir) {
    Random random = new Random(5);
    Path corpus = dir.resolve("corpus");
    for (int file = 0; file < 5; file++) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 40; i++) {
        String text = i % 10 == 9 ? "a text that is repeated " + i : text(random);
        lines.append("{\"text\": \"").append(text);
        lines.append("\", \"meta\": {\"pile_set_name\": \"Set ").append(i % 3).append("\"}}\n");
      }

      write(corpus.resolve("part-" + file + ".jsonl"), lines.toString());
    }

    return corpus;
  }

  static Path write(Path file, String content) {
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static PrepareDocuments prepare(Path dir, Path... inputs) {
    return new PrepareDocuments(LocalSpark.session())
        .inputs(Stream.of(inputs).map(Path::toString).toList())
        .output(dir.resolve("documents").toString());
  }

  static TrainTokenizer trainTokenizer(Path dir) {
    return new TrainTokenizer(LocalSpark.session())
        .input(dir.resolve("documents").toString())
        .vocabularySize(300)
        .output(dir.resolve("tokenizer.json").toString());
  }

  static TokenizeDocuments tokenize(Path dir) {
    return new TokenizeDocuments(LocalSpark.session())
        .input(dir.resolve("documents").toString())
        .tokenizer(dir.resolve("tokenizer.json").toString())
        .output(dir.resolve("shards").toString())
        .shardBytes(4096);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int numWords = 1 + random.nextInt(60);
    for (int i = 0; i < numWords; i++) {
      text.append(WORDS.get(random.nextInt(WORDS.size()))).append(i + 1 < numWords ? " " : ".");
    }

    return text.append(random.nextInt(1 << 20)).toString();
  }
}
