// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.hopespark.data.shard.DatasetManifest;
import org.hopespark.data.shard.ShardSummary;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.Storage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestTokenDataset {
  @TempDir static Path dir;

  private static TokenizeResult result;
  private static TokenDataset dataset;

  @BeforeAll
  static void makeShards() {
    Corpus.prepare(dir, Corpus.write(dir)).validationShare(0.3).execute();
    Corpus.trainTokenizer(dir).execute();
    result = Corpus.tokenize(dir).execute();
    dataset = TokenDataset.open(LocalSpark.hadoop(), result.output());
  }

  @AfterAll
  static void close() {
    dataset.close();
  }

  @Test
  void knowsWhatTheManifestSays() throws IOException {
    assertThat(dataset.datasetId()).isEqualTo(result.datasetId());
    assertThat(dataset.vocabularySize()).isEqualTo(300);
    assertThat(dataset.endOfTextId()).isZero();
    assertThat(dataset.tokens("train")).isEqualTo(result.tokensBySplit().get("train"));
    assertThat(dataset.textBytes()).isEqualTo(result.bytesBySplit());
    assertThat(dataset.tokenizerJson())
        .isEqualTo(Files.readAllBytes(dir.resolve("tokenizer.json")));
  }

  /** The oracle: all tokens of each shard as Arrow's reader gives them, cut by hand. */
  @Test
  void cutsWindowsFromTheTokensThatArrowReads() throws IOException {
    for (String split : List.of("train", "validation")) {
      for (int length : new int[] {1, 2, 7, 64, 333}) {
        List<int[]> expected = new ArrayList<>();
        for (int[] tokens : arrowTokens(split)) {
          for (int from = 0; from + length + 1 <= tokens.length; from += length) {
            expected.add(Arrays.copyOfRange(tokens, from, from + length + 1));
          }
        }

        assertThat(dataset.windows(split, length)).isEqualTo(expected.size());
        int[] window = new int[length + 1];
        for (int i = 0; i < expected.size(); i++) {
          dataset.window(split, i, length, window, 0);
          assertThat(window)
              .as("%s, length %d, window %d", split, length, i)
              .isEqualTo(expected.get(i));
        }
      }
    }
  }

  @Test
  void writesAWindowWhereItIsToldTo() {
    int[] batch = new int[2 * 9];
    dataset.window("train", 3, 8, batch, 9);
    int[] window = new int[9];
    dataset.window("train", 3, 8, window, 0);
    assertThat(Arrays.copyOf(batch, 9)).containsOnly(0);
    assertThat(Arrays.copyOfRange(batch, 9, 18)).isEqualTo(window);
  }

  @Test
  void countsTokensOverTheVocabulary() throws IOException {
    long[] expected = new long[300];
    for (int[] tokens : arrowTokens("train")) {
      for (int id : tokens) {
        expected[id]++;
      }
    }

    assertThat(dataset.tokenCounts("train")).isEqualTo(expected);
    assertThat(expected[0]).isEqualTo(result.documentsBySplit().get("train"));
  }

  @Test
  void refusesWindowsAndSplitsThatAreNotThere() {
    int[] window = new int[9];
    long windows = dataset.windows("train", 8);
    for (long index : new long[] {-1, windows, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> dataset.window("train", index, 8, window, 0))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("[" + index + "]");
    }

    assertThatThrownBy(() -> dataset.tokens("test"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[test]");
    assertThatThrownBy(() -> dataset.windows("train", 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hasNoWindowLongerThanAShard() {
    assertThat(dataset.windows("train", 1 << 20)).isZero();
  }

  @Test
  void namesAShardWithOneFlippedByte() throws IOException {
    ShardSummary shard = manifest().splits().get("train").shards().get(1);
    Path file = dir.resolve("shards").resolve(shard.file().name());
    byte[] content = Files.readAllBytes(file);
    byte[] flipped = content.clone();
    flipped[flipped.length / 2] ^= 4;
    Files.write(file, flipped);
    try {
      assertThatThrownBy(() -> TokenDataset.open(LocalSpark.hadoop(), result.output()))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("[" + file + "]");
    } finally {
      Files.write(file, content);
    }
  }

  @Test
  void opensOnlyAFinishedDataSet() {
    assertThatThrownBy(() -> TokenDataset.open(LocalSpark.hadoop(), dir.toString()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Missing manifest [");
    assertThatThrownBy(
            () -> TokenDataset.open(LocalSpark.hadoop(), dir.resolve("documents").toString()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it holds hope-documents-1 and hope-dataset-2 is needed");
  }

  @Test
  void isReadInTheOrderOfSamples() {
    long windows = dataset.windows("train", 16);
    SampleOrder order = new SampleOrder(1, windows);
    int[] window = new int[17];
    long[] seen = new long[Math.toIntExact(windows)];
    for (long position = 0; position < windows; position++) {
      dataset.window("train", order.sample(position), 16, window, 0);
      seen[(int) order.sample(position)]++;
    }

    assertThat(seen).containsOnly(1);
  }

  private static List<int[]> arrowTokens(String split) throws IOException {
    List<int[]> shards = new ArrayList<>();
    for (ShardSummary shard : manifest().splits().get(split).shards()) {
      List<Integer> tokens = new ArrayList<>();
      try (BufferAllocator allocator = new RootAllocator();
          ArrowStreamReader reader =
              new ArrowStreamReader(
                  Files.newInputStream(dir.resolve("shards").resolve(shard.file().name())),
                  allocator)) {
        ListVector lists = (ListVector) reader.getVectorSchemaRoot().getVector("input_ids");
        while (reader.loadNextBatch()) {
          UInt2Vector ids = (UInt2Vector) lists.getDataVector();
          for (int i = 0; i < ids.getValueCount(); i++) {
            tokens.add((int) ids.get(i));
          }
        }
      }

      shards.add(tokens.stream().mapToInt(Integer::intValue).toArray());
    }

    return shards;
  }

  private static DatasetManifest manifest() {
    return Manifest.read(
        LocalSpark.hadoop(),
        Storage.qualified(LocalSpark.hadoop(), result.output()),
        DatasetManifest.FORMAT,
        DatasetManifest.class);
  }
}
