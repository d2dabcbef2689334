// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.hopespark.tokenizer.BpeTrainer;
import org.hopespark.tokenizer.PieceCounter;
import org.hopespark.tokenizer.Tokenizer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    for (Row row : documents("train")) {
      counts.add(row.getString(4).getBytes(UTF_8));
      bytes += row.getString(4).getBytes(UTF_8).length;
    }

    TrainTokenizerResult result = Corpus.trainTokenizer(dir).execute();
    Tokenizer expected = BpeTrainer.train(counts, 300);
    assertThat(digest(result.output())).isEqualTo(expected.digest());

    TokenizerReport report = result.report();
    assertThat(result.output()).isEqualTo(dir.resolve("tokenizer.json").toString());
    assertThat(report.vocabularySize()).isEqualTo(300);
    assertThat(report.pieces()).isEqualTo(counts.pieces());
    assertThat(report.distinctPieces()).isEqualTo(counts.distinctPieces());
    assertThat(report.bytes()).isEqualTo(bytes);
    assertThat(report.longPieces()).isZero();
    assertThat(report.learntFrom().keySet()).containsExactly("Set 0", "Set 1", "Set 2");
  }

  /** The oracle looks at the documents themselves. */
  @Test
  void reportsTokensOfTheDocumentsItDidNotLearnFrom() throws IOException {
    TrainTokenizerResult result = Corpus.trainTokenizer(dir).execute();
    Tokenizer tokenizer;
    try (var in = Files.newInputStream(Path.of(result.output()))) {
      tokenizer = Tokenizer.read(in);
    }
    Map<String, TokenizerReport.HeldOut> expected = new TreeMap<>();
    for (Row row : documents("validation")) {
      byte[] text = row.getString(4).getBytes(UTF_8);
      TokenizerReport.HeldOut before =
          expected.getOrDefault(row.getString(3), new TokenizerReport.HeldOut(0, 0, 0));
      expected.put(
          row.getString(3),
          new TokenizerReport.HeldOut(
              before.documents() + 1,
              before.bytes() + text.length,
              before.tokens() + tokenizer.encode(text).length));
    }

    assertThat(result.report().heldOut()).isEqualTo(expected).hasSize(3);
    assertThat(expected.get("Set 0").bytesPerToken()).isBetween(1.0, 10.0);
    assertThat(result.reportFile()).isEqualTo(dir.resolve("tokenizer.report.json").toString());
    assertThat(new ObjectMapper().readTree(Path.of(result.reportFile()).toFile()))
        .isEqualTo(
            new ObjectMapper().readTree(new ObjectMapper().writeValueAsBytes(result.report())));
  }

  /** A counter of 8 KiB is full many times, also within one document. */
  @Test
  void learnsTheSameWhateverMemoryTheCountersHave() throws IOException {
    Corpus.trainTokenizer(dir).execute();
    TrainTokenizerResult small =
        Corpus.trainTokenizer(dir)
            .counterBytes(8 << 10)
            .output(dir.resolve("small.json").toString())
            .execute();
    assertThat(dir.resolve("small.json")).hasSameTextualContentAs(dir.resolve("tokenizer.json"));
    assertThat(dir.resolve("small.report.json"))
        .hasSameTextualContentAs(dir.resolve("tokenizer.report.json"));
    assertThat(small.report().distinctPieces()).isGreaterThan(100);
  }

  @Test
  void leavesLongPiecesOutAndReportsThem() throws IOException {
    PieceCounter counts = new PieceCounter(5, Long.MAX_VALUE);
    for (Row row : documents("train")) {
      counts.add(row.getString(4).getBytes(UTF_8));
    }
    TrainTokenizerResult result = Corpus.trainTokenizer(dir).maxPieceBytes(5).execute();
    // " memory", " levels", " learns", " slowly" and most of the numbers.
    assertThat(result.report().longPieces()).isEqualTo(counts.longPieces()).isGreaterThan(100);
    assertThat(result.report().longPieceBytes()).isEqualTo(counts.longPieceBytes());
    assertThat(result.report().pieces()).isEqualTo(counts.pieces());
    assertThat(digest(result.output())).isEqualTo(BpeTrainer.train(counts, 300).digest());
  }

  @Test
  void learnsFromAShareOfADomainOnAnyPartitioning() throws IOException {
    Map<String, TokenizerReport.Learnt> all =
        Corpus.trainTokenizer(dir).execute().report().learntFrom();
    Set<String> files = new HashSet<>();
    Set<Map<String, TokenizerReport.Learnt>> samples = new HashSet<>();
    for (int partitions : new int[] {1, 8}) {
      Path file = dir.resolve("sampled-" + partitions + ".json");
      TrainTokenizerResult result =
          LocalSpark.withPartitions(
              partitions,
              () ->
                  Corpus.trainTokenizer(dir)
                      .domainWeights(Map.of("Set 1", 0.5, "Set 2", 0.0))
                      .output(file.toString())
                      .execute());
      files.add(Files.readString(file));
      samples.add(result.report().learntFrom());
    }

    assertThat(files).hasSize(1);
    assertThat(samples).hasSize(1);
    Map<String, TokenizerReport.Learnt> sample = samples.iterator().next();
    assertThat(sample.keySet()).containsExactly("Set 0", "Set 1");
    assertThat(sample.get("Set 0")).isEqualTo(all.get("Set 0"));
    // Half of some 45: four standard deviations are 13.
    assertThat(sample.get("Set 1").documents())
        .isCloseTo(all.get("Set 1").documents() / 2, within(13L));
  }

  @Test
  void drawsAnotherSampleWithAnotherSeed() {
    Set<Long> bytes = new HashSet<>();
    for (long seed = 0; seed < 4; seed++) {
      TokenizerReport report =
          Corpus.trainTokenizer(dir)
              .domainWeights(Map.of("Set 1", 0.5))
              .seed(seed)
              .output(dir.resolve("seed-" + seed + ".json").toString())
              .execute()
              .report();
      bytes.add(report.learntFrom().get("Set 1").bytes());
      assertThat(report.config().seed()).isEqualTo(seed);
    }

    assertThat(bytes).hasSizeGreaterThan(2);
  }

  @Test
  void refusesADomainThatNoDocumentHas() {
    assertThatThrownBy(
            () -> Corpus.trainTokenizer(dir).domainWeights(Map.of("set 1", 0.5)).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid domain [set 1]: no document has it. Give Set 1.");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.5, Double.NaN})
  void refusesAWeightThatIsNoShare(double weight) {
    assertThatThrownBy(
            () -> Corpus.trainTokenizer(dir).domainWeights(Map.of("Set 1", weight)).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Invalid domain weight [Set 1=" + weight + "]");
  }

  @Test
  void passesTheOptionsOfTheTrainerOn() throws IOException {
    PieceCounter counts = new PieceCounter();
    for (Row row : documents("train")) {
      counts.add(row.getString(4).getBytes(UTF_8));
    }
    BpeTrainer trainer =
        new BpeTrainer(400)
            .specialTokens(List.of("<|pad|>", "<|user|>"))
            .minFrequency(40)
            .maxTokenLength(5);
    counts.forEach(trainer::add);
    List<Integer> told = new ArrayList<>();
    TrainTokenizerResult result =
        Corpus.trainTokenizer(dir)
            .vocabularySize(400)
            .specialTokens(List.of("<|pad|>", "<|user|>"))
            .minFrequency(40)
            .maxTokenLength(5)
            .listener((merges, most, count) -> told.add(merges))
            .execute();
    assertThat(digest(result.output())).isEqualTo(trainer.train().digest());
    assertThat(result.report().largestPairCount()).isEqualTo(trainer.largestPairCount());
    assertThat(told).hasSize(result.vocabularySize() - 256 - 3);
    assertThat(result.report().config().specialTokens()).containsExactly("<|pad|>", "<|user|>");
  }

  @Test
  void refusesASpecialTokenThatTextCanSpell() {
    assertThatThrownBy(() -> Corpus.trainTokenizer(dir).specialTokens(List.of("memory")).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Invalid special token [memory]")
        .hasMessageEndingWith("Give one like <|memory|>.");
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
          .containsExactlyInAnyOrder(
              "corpus", "documents", "tokenizer.json", "tokenizer.report.json");
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

  private List<Row> documents(String split) {
    return DocumentFiles.read(
            LocalSpark.session(),
            new org.apache.hadoop.fs.Path(dir.resolve("documents").toUri()) + "/data-*")
        .filter(col("split").equalTo(split))
        .collectAsList();
  }

  private static String digest(String file) throws IOException {
    try (var in = Files.newInputStream(Path.of(file))) {
      return Tokenizer.read(in).digest();
    }
  }
}
