// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.hopespark.tokenizer.BpeTrainer;
import org.hopespark.tokenizer.PieceCounter;
import org.hopespark.tokenizer.Tokenizer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestTrainTokenizer {
  @TempDir Path dir;

  @BeforeEach
  void prepare() {
    Corpus.prepare(dir, Corpus.write(dir)).validationShare(0.3).execute();
  }

  @Test
  void learnsTheSameOnAnyPartitioning() throws IOException {
    Set<String> files = new HashSet<>();
    for (int partitions : new int[] {1, 3, 8}) {
      Path file = dir.resolve("tokenizer-" + partitions + ".json");
      LocalSpark.withPartitions(
          partitions, () -> Corpus.trainTokenizer(dir).output(file.toString()).execute());
      files.add(Files.readString(file));
    }

    assertThat(files).hasSize(1);
  }

  /** The oracle counts in one loop, without Spark. */
  @Test
  void learnsFromTheTrainSplitOnly() throws IOException {
    PieceCounter counts = new PieceCounter();
    long bytes = 0;
    for (Row row :
        DocumentFiles.read(
                LocalSpark.session(),
                new org.apache.hadoop.fs.Path(dir.resolve("documents").toUri()) + "/data-*")
            .collectAsList()) {
      if (row.getString(5).equals("train")) {
        counts.add(row.getString(4).getBytes(UTF_8));
        bytes += row.getString(4).getBytes(UTF_8).length;
      }
    }

    TrainTokenizerResult result = Corpus.trainTokenizer(dir).execute();
    Tokenizer expected = BpeTrainer.train(counts, 300);
    try (var in = Files.newInputStream(Path.of(result.output()))) {
      assertThat(Tokenizer.read(in).digest()).isEqualTo(expected.digest());
    }

    assertThat(result)
        .isEqualTo(
            new TrainTokenizerResult(
                dir.resolve("tokenizer.json").toString(),
                300,
                counts.pieces(),
                counts.distinctPieces(),
                bytes));
  }

  @Test
  void acceptsItsOwnFileAndNoOther() throws IOException {
    Corpus.trainTokenizer(dir).execute();
    Corpus.trainTokenizer(dir).execute();
    assertThatThrownBy(() -> Corpus.trainTokenizer(dir).vocabularySize(280).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            "Cannot write tokenizer to [" + dir.resolve("tokenizer.json") + "]");
    try (var files = Files.list(dir)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("corpus", "documents", "tokenizer.json");
    }
  }

  @Test
  void refusesAVocabularyOutOfRange() {
    for (int size : new int[] {0, 256, 2_000_000}) {
      assertThatThrownBy(() -> Corpus.trainTokenizer(dir).vocabularySize(size).execute())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("[" + size + "]");
    }
  }

  @Test
  void needsAFinishedDirectoryOfDocuments() {
    assertThatThrownBy(
            () -> Corpus.trainTokenizer(dir).input(dir.resolve("corpus").toString()).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Missing manifest [");
  }
}
