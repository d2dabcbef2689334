// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestShardWriter {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(ints = {300, 65_536, 65_537, 1_000_000})
  void writesRowsThatArrowReads(int vocabularySize) throws IOException {
    List<int[]> documents = Shards.documents(500, vocabularySize, 3);
    ShardSummary summary = Shards.write(dir, Shards.format(vocabularySize), documents, 64);
    assertThat(Shards.rows(dir.resolve(summary.file().name()))).isEqualTo(withEnds(documents));
    assertThat(summary.documents()).isEqualTo(500);
    assertThat(summary.tokens())
        .isEqualTo(documents.stream().mapToLong(each -> each.length + 1).sum());
    assertThat(summary.minId()).isZero();
    assertThat(summary.maxId())
        .isEqualTo(documents.stream().flatMapToInt(IntStream::of).max().orElseThrow());
  }

  @Test
  void closesBatchesAtTheirNumberOfDocuments() throws IOException {
    ShardSummary summary = Shards.write(dir, Shards.format(300), Shards.documents(500, 300, 4), 64);
    ShardIndex index = TokenShard.index(Shards.HADOOP, Shards.root(dir), summary);
    assertThat(index.batches())
        .extracting(ShardIndex.Batch::documents)
        .containsExactly(64L, 64L, 64L, 64L, 64L, 64L, 64L, 52L);
    assertThat(index.documents()).isEqualTo(500);
  }

  @Test
  void indexesTheBytesOfEachBuffer() throws IOException {
    List<int[]> documents = Shards.documents(100, 300, 5);
    ShardSummary summary = Shards.write(dir, Shards.format(300), documents, 30);
    ShardIndex index = TokenShard.index(Shards.HADOOP, Shards.root(dir), summary);
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(dir.resolve(summary.file().name())))
            .order(ByteOrder.LITTLE_ENDIAN);
    int document = 0;
    for (ShardIndex.Batch batch : index.batches()) {
      assertThat(batch.firstDocument()).isEqualTo(document);
      for (int row = 0; row < batch.documents(); row++, document++) {
        int start = file.getInt((int) batch.offsetsAt() + 4 * row);
        int end = file.getInt((int) batch.offsetsAt() + 4 * row + 4);
        List<Integer> ids = new ArrayList<>();
        for (int token = start; token < end; token++) {
          ids.add(file.getShort((int) batch.valuesAt() + 2 * token) & 0xFFFF);
        }

        assertThat(ids).isEqualTo(withEnds(documents).get(document));
        byte[] id = new byte[16];
        file.get((int) batch.idsAt() + 16 * row, id);
        assertThat(id).isEqualTo(Shards.id(document));
        assertThat(file.getShort((int) batch.domainsAt() + 2 * row))
            .isEqualTo((short) (document % 2));
      }
    }

    assertThat(document).isEqualTo(100);
  }

  @Test
  void alignsBuffersToEightBytes() throws IOException {
    ShardSummary summary = Shards.write(dir, Shards.format(300), Shards.documents(99, 300, 6), 7);
    ShardIndex index = TokenShard.index(Shards.HADOOP, Shards.root(dir), summary);
    assertThat(index.batches())
        .allMatch(b -> (b.valuesAt() | b.offsetsAt() | b.idsAt() | b.domainsAt()) % 8 == 0);
  }

  @Test
  void describesItselfInTheSchemasMetadata() throws IOException {
    ShardSummary summary = Shards.write(dir, Shards.format(300), Shards.documents(3, 300, 7), 64);
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(
                Files.newInputStream(dir.resolve(summary.file().name())), allocator)) {
      Schema schema = reader.getVectorSchemaRoot().getSchema();
      assertThat(schema.getCustomMetadata())
          .containsEntry("hope.format-version", "1")
          .containsEntry("hope.split", "train")
          .containsEntry("hope.shard", "0")
          .containsEntry("hope.dtype", "uint16")
          .containsEntry("hope.vocabulary-size", "300")
          .containsEntry("hope.end-of-text-id", "0")
          .containsEntry("hope.tokenizer-sha256", "digest");
      assertThat(schema.getCustomMetadata().get("hope.domains").replace(" ", ""))
          .isEqualTo("[\"code\",\"text\"]");
      assertThat(schema.getFields()).noneMatch(field -> field.isNullable());
    }
  }

  @Test
  void givesEqualBytesForEqualDocuments() throws IOException {
    List<int[]> documents = Shards.documents(50, 300, 8);
    Path other = Files.createDirectory(dir.resolve("other"));
    assertThat(Shards.write(dir, Shards.format(300), documents, 64))
        .isEqualTo(Shards.write(other, Shards.format(300), documents, 64));
  }

  @Test
  void refusesDocumentsOutOfOrder() throws IOException {
    ShardFormat format = Shards.format(300);
    try (ShardWriter writer =
        new ShardWriter(Shards.HADOOP, Shards.root(dir), format, "train", 0, "x")) {
      byte[] tokens = format.width().encode(new int[] {1}, 0);
      writer.add(Shards.id(5), 0, tokens);
      assertThatThrownBy(() -> writer.add(Shards.id(5), 0, tokens))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> writer.add(Shards.id(4), 0, tokens))
          .isInstanceOf(IllegalArgumentException.class);
      writer.add(Shards.id(200), 0, tokens);
    }
  }

  @Test
  void neverOverwritesAFile() throws IOException {
    Shards.write(dir, Shards.format(300), Shards.documents(3, 300, 7), 64);
    assertThatThrownBy(() -> Shards.write(dir, Shards.format(300), Shards.documents(3, 300, 7), 64))
        .isInstanceOf(IOException.class);
  }

  private static List<List<Integer>> withEnds(List<int[]> documents) {
    return documents.stream()
        .map(
            ids ->
                IntStream.concat(IntStream.of(ids), IntStream.of(Shards.END_OF_TEXT))
                    .boxed()
                    .toList())
        .toList();
  }
}
