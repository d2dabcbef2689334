// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.spark.sql.Row;
import org.hopespark.data.shard.DatasetManifest;
import org.hopespark.data.shard.ShardSummary;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.Storage;
import org.hopespark.tokenizer.Tokenizer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestTokenizeDocuments {
  @TempDir Path dir;

  @BeforeEach
  void prepare() {
    Corpus.prepare(dir, Corpus.write(dir)).validationShare(0.3).execute();
    Corpus.trainTokenizer(dir).execute();
  }

  /** Invariant I8. */
  @Test
  void writesTheSameShardBytesOnAnyPartitioning() {
    Set<List<List<Object>>> shards = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (int partitions : new int[] {1, 3, 8}) {
      Path own = dir.resolve("run-" + partitions);
      TokenizeResult result =
          LocalSpark.withPartitions(
              partitions,
              () -> {
                Corpus.prepare(own, dir.resolve("corpus")).validationShare(0.3).execute();
                return Corpus.tokenize(dir)
                    .input(own.resolve("documents").toString())
                    .output(own.resolve("shards").toString())
                    .execute();
              });
      assertThat(result.shards()).isGreaterThan(5);
      ids.add(result.datasetId());
      shards.add(digests(own));
    }

    assertThat(ids).hasSize(1);
    assertThat(shards).hasSize(1);
  }

  /** The oracle encodes each document of the Parquet files in a loop and sorts by id. */
  @Test
  void holdsEveryDocumentOnceInTheOrderOfIds() throws IOException {
    TokenizeResult result = Corpus.tokenize(dir).execute();
    Map<String, Row> documents = new HashMap<>();
    documents().forEach(row -> documents.put(row.getString(0), row));
    Tokenizer tokenizer = tokenizer();
    DatasetManifest manifest = manifest(dir);
    long found = 0;
    for (String split : List.of("train", "validation")) {
      String last = "";
      for (ShardSummary shard : manifest.splits().get(split).shards()) {
        for (ArrowRow row : arrowRows(dir.resolve("shards").resolve(shard.file().name()))) {
          Row document = documents.get(row.id());
          assertThat(document.getString(5)).isEqualTo(split);
          assertThat(manifest.domains().get(row.domain())).isEqualTo(document.getString(3));
          int[] ids = tokenizer.encode(document.getString(4).getBytes(UTF_8));
          List<Integer> expected = new ArrayList<>();
          for (int id : ids) {
            expected.add(id);
          }

          expected.add(tokenizer.endOfTextId());
          assertThat(row.tokens()).isEqualTo(expected);
          assertThat(row.id()).isGreaterThan(last);
          last = row.id();
          found++;
        }
      }
    }

    assertThat(found).isEqualTo(184).isEqualTo(documents.size());
    assertThat(result.documentsBySplit().values().stream().mapToLong(n -> n).sum()).isEqualTo(184);
  }

  @Test
  void keepsShardsBelowTheSizeAskedForWhereDocumentsAllow() {
    Corpus.tokenize(dir).execute();
    for (ShardSummary shard : manifest(dir).splits().get("train").shards()) {
      // A document of this corpus takes up to about 1 KiB; schema and batch header come on top.
      assertThat(shard.file().bytes()).isLessThan(4096 + 2048);
    }

    Path own = dir.resolve("one");
    TokenizeResult one =
        Corpus.tokenize(dir).output(own.resolve("shards").toString()).shardBytes(1 << 20).execute();
    assertThat(one.shards()).isEqualTo(2);
  }

  @Test
  void findsItsManifestWhenRunAgain() {
    TokenizeResult first = Corpus.tokenize(dir).execute();
    TokenizeResult second = Corpus.tokenize(dir).execute();
    assertThat(second.reused()).isTrue();
    assertThat(second).usingRecursiveComparison().ignoringFields("reused").isEqualTo(first);
  }

  @Test
  void refusesTheOutputOfAnotherTokenizerOrSize() {
    Corpus.tokenize(dir).execute();
    assertThatThrownBy(() -> Corpus.tokenize(dir).shardBytes(5000).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot write shards to [" + dir.resolve("shards") + "]");
    Path other = dir.resolve("other.json");
    Corpus.trainTokenizer(dir).vocabularySize(280).output(other.toString()).execute();
    assertThatThrownBy(() -> Corpus.tokenize(dir).tokenizer(other.toString()).execute())
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void leavesNothingOfAFailedRun() throws IOException {
    // A document file that is not as its manifest says: one row group less.
    Path documents = dir.resolve("documents");
    Path manifest = documents.resolve("manifest.json");
    Files.writeString(
        manifest,
        Files.readString(manifest).replaceFirst("\"documents\" : 184", "\"documents\" : 185"));
    assertThatThrownBy(() -> Corpus.tokenize(dir).execute())
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("[184]")
        .hasMessageContaining("185");
    assertThat(dir.resolve("shards")).doesNotExist();
  }

  @Test
  void goesOnWhereAProcessWasKilled() throws IOException {
    Path shards = dir.resolve("shards");
    Corpus.write(shards.resolve("_attempt-0123456789ab"), "");
    Corpus.write(shards.resolve("train/data-00000-0123456789ab-7.arrow"), "half");
    Corpus.write(shards.resolve("train/state.json"), "old");
    TokenizeResult result = Corpus.tokenize(dir).execute();
    assertThat(result.reused()).isFalse();
    assertThat(shards.resolve("train/data-00000-0123456789ab-7.arrow")).doesNotExist();
    assertThat(new VerifyDataset(LocalSpark.hadoop()).path(shards.toString()).execute().tokens())
        .isEqualTo(result.tokensBySplit().values().stream().mapToLong(n -> n).sum());
  }

  @Test
  void namesAMissingTokenizerAndMissingDocuments() {
    assertThatThrownBy(() -> Corpus.tokenize(dir).tokenizer(dir + "/none.json").execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Missing tokenizer [" + dir + "/none.json]");
    assertThatThrownBy(() -> Corpus.tokenize(dir).input(dir + "/none").execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Missing manifest [");
    assertThatThrownBy(() -> Corpus.tokenize(dir).input(dir + "/corpus").execute())
        .isInstanceOf(InvalidInputException.class);
    assertThat(dir.resolve("shards")).doesNotExist();
  }

  @Test
  void refusesAShardSizeOutOfRange() {
    for (long bytes : new long[] {0, 1023, 2L << 30}) {
      assertThatThrownBy(() -> Corpus.tokenize(dir).shardBytes(bytes).execute())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("[" + bytes + "]");
    }
  }

  @Test
  void writesTheFilesThatHuggingFaceLooksFor() throws IOException {
    Corpus.tokenize(dir).execute();
    ObjectMapper json = new ObjectMapper();
    for (String split : List.of("train", "validation")) {
      Path folder = dir.resolve("shards").resolve(split);
      JsonNode state = json.readTree(folder.resolve("state.json").toFile());
      assertThat(state.get("_split").asText()).isEqualTo(split);
      assertThat(state.has("_fingerprint") && state.has("_format_type")).isTrue();
      List<String> named = state.get("_data_files").findValuesAsText("filename");
      assertThat(named).hasSize(manifest(dir).splits().get(split).shards().size());
      assertThat(named).allSatisfy(name -> assertThat(folder.resolve(name)).exists());
      assertThat(json.readTree(folder.resolve("dataset_info.json").toFile()).isObject()).isTrue();
    }

    assertThat(json.readTree(dir.resolve("shards/dataset_dict.json").toFile()).toString())
        .isEqualTo("{\"splits\":[\"train\",\"validation\"]}");
    assertThat(Files.readAllBytes(dir.resolve("shards/tokenizer/tokenizer.json")))
        .isEqualTo(Files.readAllBytes(dir.resolve("tokenizer.json")));
  }

  /** A row as Arrow's reader gives it. */
  private record ArrowRow(String id, int domain, List<Integer> tokens) {}

  private static List<ArrowRow> arrowRows(Path file) throws IOException {
    List<ArrowRow> rows = new ArrayList<>();
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader = new ArrowStreamReader(Files.newInputStream(file), allocator)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        ListVector lists = (ListVector) root.getVector("input_ids");
        UInt2Vector ids = (UInt2Vector) lists.getDataVector();
        FixedSizeBinaryVector docIds = (FixedSizeBinaryVector) root.getVector("doc_id");
        SmallIntVector domains = (SmallIntVector) root.getVector("domain");
        for (int row = 0; row < root.getRowCount(); row++) {
          List<Integer> tokens = new ArrayList<>();
          for (int at = lists.getElementStartIndex(row); at < lists.getElementEndIndex(row); at++) {
            tokens.add((int) ids.get(at));
          }

          rows.add(
              new ArrowRow(HexFormat.of().formatHex(docIds.get(row)), domains.get(row), tokens));
        }
      }
    }

    return rows;
  }

  private List<Row> documents() {
    return DocumentFiles.read(
            LocalSpark.session(),
            new org.apache.hadoop.fs.Path(dir.resolve("documents").toUri()) + "/data-*")
        .collectAsList();
  }

  private Tokenizer tokenizer() throws IOException {
    try (var in = Files.newInputStream(dir.resolve("tokenizer.json"))) {
      return Tokenizer.read(in);
    }
  }

  private static List<List<Object>> digests(Path dir) {
    List<List<Object>> digests = new ArrayList<>();
    manifest(dir)
        .splits()
        .forEach(
            (name, split) ->
                split
                    .shards()
                    .forEach(
                        shard ->
                            digests.add(
                                List.of(
                                    name,
                                    shard.ordinal(),
                                    shard.file().sha256(),
                                    shard.index().sha256()))));
    return digests;
  }

  /** A page that spells the end of a text would otherwise end there for the model. */
  @Test
  void spelledSpecialTokensAreOrdinaryTextAndCounted() throws IOException {
    Path own = dir.resolve("spelled");
    Corpus.write(
        own.resolve("corpus/part.jsonl"),
        """
        {"text": "one <|endoftext|> and <|endoftext|><|endoftext|>"}
        {"text": "none <|endoftext |> here"}
        {"text": "<|endoftext|>"}
        """);
    Corpus.prepare(own, own.resolve("corpus")).validationShare(0.3).execute();
    TokenizeResult result =
        Corpus.tokenize(dir)
            .input(own.resolve("documents").toString())
            .output(own.resolve("shards").toString())
            .execute();
    assertThat(result.specialTexts()).isEqualTo(4);
    DatasetManifest manifest = manifest(own);
    assertThat(manifest.specialTexts()).isEqualTo(4);
    assertThat(manifest.inputs().unicodeTableSha256())
        .isEqualTo(Tokenizer.unicodeTableDigest())
        .hasSize(64);
    long ends = 0;
    for (FileDigest file : manifest.allFiles()) {
      if (file.name().endsWith(".arrow")) {
        for (ArrowRow row : arrowRows(own.resolve("shards").resolve(file.name()))) {
          ends += row.tokens().stream().filter(id -> id == manifest.endOfTextId()).count();
        }
      }
    }
    assertThat(ends).isEqualTo(3); // one behind each document
  }

  private static DatasetManifest manifest(Path dir) {
    return Manifest.read(
        LocalSpark.hadoop(),
        Storage.qualified(LocalSpark.hadoop(), dir.resolve("shards").toString()),
        DatasetManifest.FORMAT,
        DatasetManifest.class);
  }
}
