// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.hopespark.data.CorruptDataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({
    "split, '\"validation\"'",
    "ordinal, 1",
    "documents, 11",
    "tokens, 1",
    "tokensSha256, '\"00\"'",
    "minId, 1",
    "maxId, 299",
    "firstDocument, '\"00\"'",
    "lastDocument, '\"00\"'",
    "tokensByDomain, '{\"code\": 1, \"text\": 2}'"
  })
  void findsEveryPromiseThatIsNotKept(String field, String value) throws IOException {
    ShardFormat format = Shards.format(300);
    ShardSummary summary = Shards.write(dir, format, Shards.documents(10, 290, 2), 30);
    ObjectMapper json = new ObjectMapper();
    ObjectNode changed = json.valueToTree(summary);
    changed.set(field, json.readTree(value));
    ShardSummary wrong = json.treeToValue(changed, ShardSummary.class);
    assertThatThrownBy(() -> check(dir, format, wrong))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining(summary.file().name());
  }

  private static void check(Path directory, ShardFormat format, ShardSummary summary) {
    new ShardCheck(Shards.HADOOP, Shards.root(directory), format, summary).run();
  }
}
