// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDocumentRows {
  @TempDir Path dir;

  /** Expected value: Python's xxhash, xxh3_128_hexdigest(b"a/b.txt" + struct.pack(">q", 3)). */
  @Test
  void takesTheIdFromSourceAndOrdinal() {
    assertThat(DocumentRows.id("a/b.txt", 3)).isEqualTo("a857c31ec01140c4628a9d723bc49606");
  }

  @Test
  void numbersKeptAndDroppedRecordsOfEachFile() throws IOException {
    List<CorpusFile> files =
        List.of(
            file("a.jsonl", "{\"text\": \"one\"}\nbroken\n{\"text\": \"two\"}\n"),
            file("b.txt", "three"));
    List<Row> rows = rows(files);
    assertThat(rows)
        .extracting(row -> row.getString(1) + " " + row.getLong(2) + " " + row.getString(4))
        .containsExactly("a.jsonl 0 one", "a.jsonl 1 null", "a.jsonl 2 two", "b.txt 0 three");
    assertThat(rows).extracting(row -> row.getString(0)).doesNotHaveDuplicates();
  }

  @Test
  void givesEqualTextsEqualHashesWhereverTheyStand() throws IOException {
    List<Row> rows = rows(List.of(file("a.txt", "same"), file("b.md", "same"), file("c", "other")));
    assertThat(rows.get(0).getString(7)).isEqualTo(rows.get(1).getString(7));
    assertThat(rows.get(0).getLong(8)).isEqualTo(rows.get(1).getLong(8));
    assertThat(rows.get(0).getString(7)).isNotEqualTo(rows.get(2).getString(7));
  }

  @Test
  void spreadsSplitHashesEvenly() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      lines.append("{\"text\": \"document ").append(i).append("\"}\n");
    }

    List<Row> rows = rows(List.of(file("many.jsonl", lines.toString())));
    long below = rows.stream().filter(row -> row.getLong(8) < 0.05 * 0x1p63).count();

    // Binomial with n = 20,000 and p = 0.05: mean 1,000, standard deviation 31; four of them.
    assertThat(below).isBetween(876L, 1124L);
    assertThat(rows).allMatch(row -> row.getLong(8) >= 0);
  }

  private CorpusFile file(String name, String content) throws IOException {
    return Records.corpusFile(Files.writeString(dir.resolve(name), content));
  }

  private static List<Row> rows(List<CorpusFile> files) {
    List<Row> rows = new ArrayList<>();
    new DocumentRows(new Configuration(), files).forEachRemaining(rows::add);
    return rows;
  }
}
