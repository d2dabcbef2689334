// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Row;
import org.hopespark.data.document.DocumentsManifest;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.Storage;
import org.hopespark.data.testing.SharedData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestPrepareDocuments {
  @TempDir Path dir;

  @Test
  void writesADocumentPerRecordWithItsPlaceAndDomain() {
    Path corpus = dir.resolve("corpus");
    Corpus.write(corpus.resolve("a.jsonl"), "{\"text\": \"one\"}\nbroken\n{\"text\": \"two\"}\n");
    Corpus.write(corpus.resolve("src/Main.java"), "class Main {}");
    Corpus.write(corpus.resolve("wiki.txt"), " = Title = \n\n text\n");
    PrepareResult result = Corpus.prepare(dir, corpus).execute();
    assertThat(rows())
        .extracting(row -> row.getString(1) + "|" + row.getLong(2) + "|" + row.getString(3))
        .containsExactlyInAnyOrder(
            "a.jsonl|0|text", "a.jsonl|2|text", "src/Main.java|0|code", "wiki.txt|0|wikitext");
    assertThat(rows()).allSatisfy(row -> assertThat(row.getString(0)).matches("[0-9a-f]{32}"));
    assertThat(result.recordsRead()).isEqualTo(5);
    assertThat(result.droppedByReason()).isEqualTo(Map.of("invalid-json", 1L));
    // "one", "two", "class Main {}" and " = Title = \n\n text\n".
    assertThat(result.bytes()).isEqualTo(3 + 3 + 13 + 19);
  }

  @Test
  void keepsTheFirstOfEqualTexts() {
    Path corpus = dir.resolve("corpus");
    Corpus.write(corpus.resolve("b.jsonl"), "{\"text\": \"same\"}\n{\"text\": \"other\"}\n");
    Corpus.write(
        corpus.resolve("a.jsonl"),
        "{\"text\": \"x\"}\n{\"text\": \"same\"}\n{\"text\": \"same\"}\n");
    Corpus.write(corpus.resolve("c.md"), "same");
    PrepareResult result = Corpus.prepare(dir, corpus).execute();
    assertThat(rows())
        .extracting(row -> row.getString(1) + " " + row.getLong(2) + " " + row.getString(4))
        .containsExactlyInAnyOrder("a.jsonl 0 x", "a.jsonl 1 same", "b.jsonl 1 other");
    assertThat(result.droppedByReason()).isEqualTo(Map.of("duplicate", 3L));
  }

  @Test
  void givesTheSameDocumentsOnAnyPartitioning() {
    Path corpus = Corpus.write(dir);
    Set<String> ids = new HashSet<>();
    Set<Set<Row>> contents = new HashSet<>();
    for (int partitions : new int[] {1, 3, 8}) {
      Path own = dir.resolve("run-" + partitions);
      LocalSpark.withPartitions(partitions, () -> Corpus.prepare(own, corpus).execute());
      ids.add(manifest(own).documentsId());
      contents.add(new HashSet<>(rows(own)));
    }

    assertThat(ids).hasSize(1);
    assertThat(contents).hasSize(1);
    // 200 records; of the 4 x 5 repeated texts 4 are kept.
    assertThat(contents.iterator().next()).hasSize(184);
  }

  @Test
  void findsItsManifestWhenRunAgain() {
    Path corpus = Corpus.write(dir);
    PrepareResult first = Corpus.prepare(dir, corpus).execute();
    PrepareResult second = Corpus.prepare(dir, corpus).execute();
    assertThat(first.reused()).isFalse();
    assertThat(second.reused()).isTrue();
    assertThat(second)
        .isEqualTo(
            new PrepareResult(
                first.output(),
                true,
                first.documents(),
                first.bytes(),
                first.documentsBySplit(),
                first.bytesBySplit(),
                first.droppedByReason(),
                first.recordsRead(),
                first.repaired()));
  }

  @Test
  void refusesTheOutputOfOtherInputsOrConfiguration() throws IOException {
    Path corpus = Corpus.write(dir);
    Corpus.prepare(dir, corpus).execute();
    String before = Files.readString(dir.resolve("documents/manifest.json"));
    assertThatThrownBy(() -> Corpus.prepare(dir, corpus).validationShare(0.2).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot write documents to [" + dir.resolve("documents") + "]:");

    // One byte of one input: same name, same size.
    Path file = corpus.resolve("part-3.jsonl");
    Files.writeString(file, Files.readString(file).replaceFirst("Set 0", "Set 9"));
    assertThatThrownBy(() -> Corpus.prepare(dir, corpus).execute())
        .isInstanceOf(InvalidInputException.class);
    assertThat(Files.readString(dir.resolve("documents/manifest.json"))).isEqualTo(before);
  }

  @Test
  void refusesADirectoryOfSomebodyElse() {
    Path corpus = Corpus.write(dir);
    Corpus.write(dir.resolve("documents/thesis.txt"), "precious");
    assertThatThrownBy(() -> Corpus.prepare(dir, corpus).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it holds files and no manifest");
    assertThat(dir.resolve("documents")).isDirectoryContaining("glob:**thesis.txt");
  }

  @Test
  void splitsByTextAtTheShareAskedFor() {
    Path corpus = dir.resolve("corpus/many.jsonl");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 4000; i++) {
      lines.append("{\"text\": \"document ").append(i).append("\"}\n");
    }

    Corpus.write(corpus, lines.toString());
    PrepareResult result = Corpus.prepare(dir, corpus).validationShare(0.25).execute();
    // Binomial: standard deviation 0.0068.
    assertThat(result.documentsBySplit().get("validation") / 4000.0).isCloseTo(0.25, within(0.03));

    // The same text is in the same split of another corpus.
    Path other = dir.resolve("other/few.jsonl");
    Corpus.write(other, lines.substring(0, lines.length() / 2));
    Path own = dir.resolve("own");
    Corpus.prepare(own, other).validationShare(0.25).execute();
    Map<String, String> splits = new TreeMap<>();
    rows().forEach(row -> splits.put(row.getString(4), row.getString(5)));
    assertThat(rows(own)).allMatch(row -> splits.get(row.getString(4)).equals(row.getString(5)));
  }

  @Test
  void fillsBothSplitsOfATinyCorpus() {
    Path corpus = dir.resolve("corpus");
    Corpus.write(corpus.resolve("a.txt"), "one");
    Corpus.write(corpus.resolve("b.txt"), "two");
    for (double share : new double[] {0.000001, 0.05, 0.999999}) {
      PrepareResult result =
          Corpus.prepare(dir.resolve("share-" + share), corpus).validationShare(share).execute();
      assertThat(result.documentsBySplit())
          .as("share %s", share)
          .isEqualTo(Map.of("train", 1L, "validation", 1L));
    }
  }

  @Test
  void needsTwoDocuments() {
    Path corpus = dir.resolve("corpus");
    Corpus.write(corpus.resolve("a.txt"), "the same text");
    Corpus.write(corpus.resolve("b.txt"), "the same text");
    assertThatThrownBy(() -> Corpus.prepare(dir, corpus).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("two documents");
    assertThat(dir.resolve("documents")).doesNotExist();
  }

  @Test
  void refusesACorpusWithNothingInIt() throws IOException {
    Path corpus = dir.resolve("corpus");
    Files.createDirectories(corpus);
    assertThatThrownBy(() -> Corpus.prepare(dir, corpus).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is no file");
    Corpus.write(corpus.resolve("a.jsonl"), "broken\n{\"text\": 3}\n");
    Corpus.write(corpus.resolve("b.txt"), "");
    assertThatThrownBy(() -> Corpus.prepare(dir, corpus).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none of 3 records can be used")
        .hasMessageContaining("empty-text=1")
        .hasMessageContaining("invalid-json=1")
        .hasMessageContaining("non-string-text=1");
    assertThat(dir.resolve("documents")).doesNotExist();
  }

  @Test
  void namesAMissingInput() {
    assertThatThrownBy(() -> Corpus.prepare(dir, dir.resolve("nowhere")).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Missing input [" + dir.resolve("nowhere") + "]");
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void refusesASplitShareOutOfRange() {
    for (double share : new double[] {0, 1, -0.1, Double.NaN}) {
      assertThatThrownBy(() -> Corpus.prepare(dir, dir).validationShare(share).execute())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("[" + share + "]");
    }
  }

  @Test
  void namesATruncatedPackedFileAndLeavesNothing() throws IOException {
    Path corpus = Corpus.write(dir);
    byte[] packed = Zstd.compress(Files.readAllBytes(corpus.resolve("part-0.jsonl")));
    Path cut = corpus.resolve("cut.jsonl.zst");
    Files.write(cut, Arrays.copyOf(packed, packed.length / 2));
    assertThatThrownBy(() -> Corpus.prepare(dir, corpus).execute())
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith("Cannot unpack [" + cut + "]:");
    assertThat(dir.resolve("documents")).doesNotExist();
  }

  @Test
  void doesNotReadItsOwnOutput() {
    Corpus.write(dir.resolve("a.txt"), "one");
    Corpus.write(dir.resolve("b.txt"), "two");
    Corpus.prepare(dir, dir).execute();
    assertThat(Corpus.prepare(dir, dir).execute().reused()).isTrue();
  }

  @Test
  void goesOnWhereAProcessWasKilled() throws IOException {
    Path corpus = Corpus.write(dir);
    Corpus.write(dir.resolve("documents/_attempt-0123456789ab"), "");
    Corpus.write(dir.resolve("documents/data-0123456789ab/part-0.parquet"), "half");
    PrepareResult result = Corpus.prepare(dir, corpus).execute();
    assertThat(result.documents()).isEqualTo(184);
    assertThat(dir.resolve("documents/data-0123456789ab")).doesNotExist();
    try (var files = Files.list(dir.resolve("documents"))) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("_"));
    }
  }

  @Test
  void accountsForEveryRecordOfTheDirtySample() throws IOException {
    Path sample = SharedData.file("dirty/dirty_sample.jsonl.gz");
    Map<String, Long> kinds = new TreeMap<>();
    ObjectMapper json = new ObjectMapper();
    for (String line :
        unzipped(SharedData.file("dirty/dirty_sample.truth.jsonl.gz")).lines().toList()) {
      kinds.merge(json.readTree(line).get("kind").asText(), 1L, Long::sum);
    }

    // Independent of our reader: Jackson's trees over lines as the JDK decodes them.
    long usable = 0;
    Set<String> texts = new HashSet<>();
    for (String line : unzipped(sample).substring(1).lines().toList()) {
      JsonNode text = tree(json, line).path("text");
      if (text.isTextual() && !text.asText().replaceAll("[\\s\\u00a0\\u2003]", "").isEmpty()) {
        usable++;
        texts.add(new String(text.asText().getBytes(UTF_8), UTF_8));
      }
    }

    PrepareResult result = Corpus.prepare(dir, sample).execute();
    assertThat(result.recordsRead()).isEqualTo(762);
    Map<String, Long> dropped = result.droppedByReason();
    assertThat(dropped).containsEntry("blank-line", kinds.get("blank_line"));
    assertThat(dropped)
        .containsEntry("invalid-json", kinds.get("not_json") + kinds.get("truncated_json"));
    assertThat(dropped).containsEntry("missing-text", kinds.get("no_text"));
    assertThat(dropped)
        .containsEntry("non-string-text", kinds.get("null_text") + kinds.get("number_text"));
    assertThat(dropped).containsEntry("empty-text", kinds.get("empty") + kinds.get("whitespace"));
    assertThat(dropped).containsEntry("duplicate", usable - texts.size());
    assertThat(dropped.get("duplicate")).isGreaterThanOrEqualTo(kinds.get("exact_dup"));
    assertThat(result.documents()).isEqualTo(texts.size());
    assertThat(result.documents() + dropped.values().stream().mapToLong(n -> n).sum())
        .isEqualTo(result.recordsRead());
    assertThat(result.repaired())
        .isGreaterThanOrEqualTo(kinds.get("lone_surrogate") + kinds.get("cut_char"));
  }

  private static JsonNode tree(ObjectMapper json, String line) {
    try {
      return json.readTree(line);
    } catch (IOException e) {
      return json.nullNode();
    }
  }

  private static String unzipped(Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private List<Row> rows() {
    return rows(dir);
  }

  private static List<Row> rows(Path dir) {
    org.apache.hadoop.fs.Path documents =
        Storage.qualified(LocalSpark.hadoop(), dir.resolve("documents").toString());
    return DocumentFiles.read(LocalSpark.session(), manifest(dir).paths(documents)).collectAsList();
  }

  private static DocumentsManifest manifest(Path dir) {
    return Manifest.read(
        LocalSpark.hadoop(),
        Storage.qualified(LocalSpark.hadoop(), dir.resolve("documents").toString()),
        DocumentsManifest.FORMAT,
        DocumentsManifest.class);
  }
}
