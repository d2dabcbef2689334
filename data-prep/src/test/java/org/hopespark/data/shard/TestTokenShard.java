// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.hopespark.data.CorruptDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestTokenShard {
  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({"300, 1", "300, 7", "300, 1000", "100000, 1", "100000, 7", "100000, 1000"})
  void copiesTheTokensThatArrowReads(int vocabularySize, int batchDocuments) throws IOException {
    ShardSummary summary =
        Shards.write(
            dir,
            Shards.format(vocabularySize),
            Shards.documents(200, vocabularySize, 9),
            batchDocuments);
    int[] expected =
        Shards.rows(dir.resolve(summary.file().name())).stream()
            .flatMap(List::stream)
            .mapToInt(Integer::intValue)
            .toArray();
    TokenShard shard = TokenShard.open(Shards.HADOOP, Shards.root(dir), summary);
    assertThat(shard.tokens()).isEqualTo(expected.length);
    Random random = new Random(10);
    for (int round = 0; round < 200; round++) {
      int from = random.nextInt(expected.length);
      int count = random.nextInt(expected.length - from + 1);
      int[] window = new int[count + 2];
      shard.copy(from, count, window, 1);
      assertThat(Arrays.copyOfRange(window, 1, count + 1))
          .isEqualTo(Arrays.copyOfRange(expected, from, from + count));
      assertThat(window[0] + window[count + 1]).as("outside the window").isZero();
    }
  }

  @Test
  void countsEachId() throws IOException {
    List<int[]> documents = List.of(new int[] {1, 2, 2}, new int[] {5}, new int[] {});
    ShardSummary summary = Shards.write(dir, Shards.format(300), documents, 2);
    long[] counts = new long[6];
    TokenShard.open(Shards.HADOOP, Shards.root(dir), summary).count(counts);
    assertThat(counts).containsExactly(3, 1, 2, 0, 0, 1);
  }

  @Test
  void namesAShardWithAnyFlippedByte() throws IOException {
    ShardSummary summary = Shards.write(dir, Shards.format(300), Shards.documents(9, 300, 1), 64);
    Path file = dir.resolve(summary.file().name());
    byte[] content = Files.readAllBytes(file);
    for (int at = 0; at < content.length; at += 13) {
      byte[] flipped = content.clone();
      flipped[at] ^= 0x10;
      Files.write(file, flipped);
      assertThatThrownBy(() -> TokenShard.open(Shards.HADOOP, Shards.root(dir), summary))
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("[" + file + "]: its xxh3-128 is");
    }
  }

  @Test
  void namesATruncatedShardAndAMissingOne() throws IOException {
    ShardSummary summary = Shards.write(dir, Shards.format(300), Shards.documents(9, 300, 1), 64);
    Path file = dir.resolve(summary.file().name());
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
    assertThatThrownBy(() -> TokenShard.open(Shards.HADOOP, Shards.root(dir), summary))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("[" + file + "]: its size in bytes is 100");
    Files.delete(file);
    assertThatThrownBy(() -> TokenShard.open(Shards.HADOOP, Shards.root(dir), summary))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith("Missing file [" + file + "]");
  }

  @Test
  void namesADamagedIndex() throws IOException {
    ShardSummary summary = Shards.write(dir, Shards.format(300), Shards.documents(9, 300, 1), 64);
    Path file = dir.resolve(summary.index().name());
    byte[] content = Files.readAllBytes(file);
    content[40] ^= 1;
    Files.write(file, content);
    assertThatThrownBy(() -> TokenShard.open(Shards.HADOOP, Shards.root(dir), summary))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("[" + file + "]");
  }

  @Test
  void parsesAnIndexBackAndNothingElse() throws IOException {
    ShardIndex index =
        new ShardIndex(2, 3, 9, List.of(new ShardIndex.Batch(8, 16, 24, 32, 3, 9, 0, 0)));
    byte[] bytes = index.toBytes();
    assertThat(ShardIndex.parse(bytes)).isEqualTo(index);
    for (int length : new int[] {0, 7, 31, 95}) {
      assertThatThrownBy(() -> ShardIndex.parse(Arrays.copyOf(bytes, length)))
          .isInstanceOf(IllegalArgumentException.class);
    }

    bytes[0] = 'X';
    assertThatThrownBy(() -> ShardIndex.parse(bytes)).hasMessageContaining("HOPEIDX1");
  }
}
