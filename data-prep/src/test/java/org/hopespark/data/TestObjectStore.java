// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.fs.FileSystem;
import org.hopespark.data.store.Storage;
import org.hopespark.data.store.WholeFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards on a store without rename and without memory mapping. */
class TestObjectStore {
  private static final String SHARDS = "mem://bucket/shards";

  @TempDir Path dir;

  @BeforeEach
  void prepare() {
    Corpus.prepare(dir, Corpus.write(dir)).validationShare(0.3).execute();
    Corpus.trainTokenizer(dir).execute();
  }

  @AfterEach
  void empty() throws IOException {
    fileSystem().delete(path("mem://bucket"), true);
    fileSystem().delete(path(SHARDS), true);
  }

  @Test
  void holdsTheSameShardsAsALocalDisk() {
    TokenizeResult local = Corpus.tokenize(dir).execute();
    TokenizeResult remote = Corpus.tokenize(dir).output(SHARDS).execute();
    assertThat(remote.datasetId()).isEqualTo(local.datasetId());
    assertThat(Corpus.tokenize(dir).output(SHARDS).execute().reused()).isTrue();
    assertThat(new VerifyDataset(LocalSpark.hadoop()).path(SHARDS).execute().tokens())
        .isEqualTo(local.tokensBySplit().values().stream().mapToLong(n -> n).sum());
    try (TokenDataset mapped = TokenDataset.open(LocalSpark.hadoop(), local.output());
        TokenDataset held = TokenDataset.open(LocalSpark.hadoop(), SHARDS)) {
      assertThat(held.windows("train", 32)).isEqualTo(mapped.windows("train", 32)).isPositive();
      int[] expected = new int[33];
      int[] found = new int[33];
      for (long i = 0; i < mapped.windows("train", 32); i++) {
        mapped.window("train", i, 32, expected, 0);
        held.window("train", i, 32, found, 0);
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  @Test
  void refusesAnotherDataSetInTheSamePlace() {
    Corpus.tokenize(dir).output(SHARDS).execute();
    assertThatThrownBy(() -> Corpus.tokenize(dir).output(SHARDS).shardBytes(9999).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot write shards to [" + SHARDS + "]");
  }

  @Test
  void createsAFileOnce() throws IOException {
    org.apache.hadoop.fs.Path file = path("mem://bucket/shards/once");
    assertThat(WholeFile.createIfAbsent(LocalSpark.hadoop(), file, new byte[] {1})).isTrue();
    assertThat(WholeFile.createIfAbsent(LocalSpark.hadoop(), file, new byte[] {2})).isFalse();
    try (var in = fileSystem().open(file)) {
      assertThat(in.readAllBytes()).containsExactly(1);
    }
  }

  private static FileSystem fileSystem() {
    return Storage.fileSystem(LocalSpark.hadoop(), path(SHARDS));
  }

  private static org.apache.hadoop.fs.Path path(String text) {
    return new org.apache.hadoop.fs.Path(text);
  }
}
