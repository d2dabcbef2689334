// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.store.FileDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The digests of a file may be right and its content still not what it has to be. */
class TestShardCheck {
  @TempDir Path dir;

  @Test
  void acceptsWhatTheWriterWrote() throws IOException {
    for (int vocabularySize : new int[] {300, 70_000}) {
      Path own = dir.resolve("v" + vocabularySize);
      ShardFormat format = Shards.format(vocabularySize);
      ShardSummary summary =
          Shards.write(own, format, Shards.documents(100, vocabularySize, 2), 30);
      assertThatCode(() -> check(own, format, summary)).doesNotThrowAnyException();
    }
  }

  @Test
  void findsADocumentThatDoesNotEnd() throws IOException {
    ShardFormat format = Shards.format(300);
    ShardSummary summary;
    try (ShardWriter writer =
        new ShardWriter(Shards.HADOOP, Shards.root(dir), format, "train", 0, "x")) {
      writer.add(Shards.id(1), 0, format.width().encode(new int[] {4}, 5));
      summary = writer.finish();
    }

    assertThatThrownBy(() -> check(dir, format, summary))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("last token of a document is 5 and the manifest says 0");
  }

  @Test
  void findsIdsBeyondTheVocabulary() throws IOException {
    ShardFormat format = Shards.format(300);
    ShardSummary summary = Shards.write(dir, format, List.of(new int[] {300}), 30);
    assertThatThrownBy(() -> check(dir, format, summary))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("range of token ids within the vocabulary");
  }

  @Test
  void findsEveryPromiseThatIsNotKept() throws IOException {
    ShardFormat format = Shards.format(300);
    ShardSummary s = Shards.write(dir, format, Shards.documents(10, 300, 2), 30);
    FileDigest f = s.file();
    FileDigest i = s.index();
    TreeMap<String, Long> domains = new TreeMap<>(s.tokensByDomain());
    domains.merge("text", 1L, Long::sum);
    List<ShardSummary> wrong =
        List.of(
            new ShardSummary(
                "validation",
                0,
                f,
                i,
                s.documents(),
                s.tokens(),
                s.tokensSha256(),
                s.minId(),
                s.maxId(),
                s.firstDocument(),
                s.lastDocument(),
                s.tokensByDomain()),
            new ShardSummary(
                "train",
                1,
                f,
                i,
                s.documents(),
                s.tokens(),
                s.tokensSha256(),
                s.minId(),
                s.maxId(),
                s.firstDocument(),
                s.lastDocument(),
                s.tokensByDomain()),
            new ShardSummary(
                "train",
                0,
                f,
                i,
                11,
                s.tokens(),
                s.tokensSha256(),
                s.minId(),
                s.maxId(),
                s.firstDocument(),
                s.lastDocument(),
                s.tokensByDomain()),
            new ShardSummary(
                "train",
                0,
                f,
                i,
                s.documents(),
                1,
                s.tokensSha256(),
                s.minId(),
                s.maxId(),
                s.firstDocument(),
                s.lastDocument(),
                s.tokensByDomain()),
            new ShardSummary(
                "train",
                0,
                f,
                i,
                s.documents(),
                s.tokens(),
                "00",
                s.minId(),
                s.maxId(),
                s.firstDocument(),
                s.lastDocument(),
                s.tokensByDomain()),
            new ShardSummary(
                "train",
                0,
                f,
                i,
                s.documents(),
                s.tokens(),
                s.tokensSha256(),
                1,
                s.maxId(),
                s.firstDocument(),
                s.lastDocument(),
                s.tokensByDomain()),
            new ShardSummary(
                "train",
                0,
                f,
                i,
                s.documents(),
                s.tokens(),
                s.tokensSha256(),
                s.minId(),
                299_999,
                s.firstDocument(),
                s.lastDocument(),
                s.tokensByDomain()),
            new ShardSummary(
                "train",
                0,
                f,
                i,
                s.documents(),
                s.tokens(),
                s.tokensSha256(),
                s.minId(),
                s.maxId(),
                "00",
                s.lastDocument(),
                s.tokensByDomain()),
            new ShardSummary(
                "train",
                0,
                f,
                i,
                s.documents(),
                s.tokens(),
                s.tokensSha256(),
                s.minId(),
                s.maxId(),
                s.firstDocument(),
                "00",
                s.tokensByDomain()),
            new ShardSummary(
                "train",
                0,
                f,
                i,
                s.documents(),
                s.tokens(),
                s.tokensSha256(),
                s.minId(),
                s.maxId(),
                s.firstDocument(),
                s.lastDocument(),
                domains));
    for (ShardSummary each : wrong) {
      assertThatThrownBy(() -> check(dir, format, each))
          .as(each.toString())
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining(f.name());
    }
  }

  private static void check(Path directory, ShardFormat format, ShardSummary summary) {
    new ShardCheck(Shards.HADOOP, Shards.root(directory), format, summary).run();
  }
}
