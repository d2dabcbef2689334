// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.hopespark.data.testing.SharedData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestWikiTextReader {
  private static final String TWO_ARTICLES =
      """

       = First Title =\s

       Some text , @-@ tokenised .\s

       = = Section = =\s

       More text .\s


       = Second =\s

       Other text .\s

      """;

  @TempDir Path dir;

  @Test
  void cutsAtLevelOneHeadings() {
    List<SourceRecord> records = Records.read(dir, "wiki.tokens", TWO_ARTICLES);
    assertThat(records).extracting(SourceRecord::domain).containsOnly("wikitext");
    assertThat(Records.texts(records))
        .containsExactly(
            " = First Title = \n\n Some text , @-@ tokenised . \n\n = = Section = = \n\n More text"
                + " . \n",
            " = Second = \n\n Other text . \n");
  }

  @Test
  void takesCarriageReturnsForPartOfTheLineEnd() {
    List<SourceRecord> records = Records.read(dir, "wiki.raw", TWO_ARTICLES.replace("\n", "\r\n"));
    assertThat(Records.texts(records))
        .isEqualTo(Records.texts(Records.read(dir, "wiki.tokens", TWO_ARTICLES)));
  }

  @Test
  void leavesHeadingsWithoutBlankLinesInTheBody() {
    String text = " = Title = \n\n text \n = No Title = \n\n = Nor This = \n text\n";
    assertThat(Records.texts(Records.read(dir, "a.txt", text))).containsExactly(text);
  }

  @Test
  void takesAHeadingOnTheLastLineForADocument() {
    assertThat(Records.texts(Records.read(dir, "a.txt", "= A =\n\ntext\n\n= B =")))
        .containsExactly("= A =\n\ntext\n", "= B =\n");
  }

  @Test
  void startsTwoDocumentsAtTwoHeadingsInARow() {
    assertThat(Records.texts(Records.read(dir, "a.txt", "= A =\n\n= B =\n\ntext\n")))
        .containsExactly("= A =\n", "= B =\n\ntext\n");
  }

  @Test
  void readsOtherFilesWithSuchLinesWhole() {
    String text = "= Title =\n\ntext\n\n= Title =\n\ntext\n";
    assertThat(Records.read(dir, "a.md", text)).hasSize(1);
    assertThat(Records.read(dir, "b.txt", "Intro\n\n" + text)).hasSize(1);
    assertThat(Records.read(dir, "c.txt", " = = Section = = \n\ntext")).hasSize(1);
    assertThat(Records.read(dir, "d.txt", "= Title =\nno blank line")).hasSize(1);
  }

  /**
   * WikiText's own description counts 60 and 60 articles. A pattern for headings alone finds 163 in
   * the slice and 62 in the test file, among them lines of a body such as "= Goals ; A =".
   */
  @ParameterizedTest
  @CsvSource({
    "wikitext103.train-slice.tokens.txt.gz, 155",
    "wikitext2.valid.tokens.txt.gz, 60",
    "wikitext2.test.tokens.txt.gz, 60"
  })
  void findsTheArticlesOfRealWikiText(String name, int articles) throws IOException {
    Path file = SharedData.file("wikitext/" + name);
    List<SourceRecord> records = Records.read(file);
    assertThat(records.size()).isEqualTo(articles);

    // Nothing is lost: the lines with text are those of the file.
    String whole;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      whole = new String(in.readAllBytes(), UTF_8);
    }

    assertThat(textLines(String.join("", Records.texts(records)))).isEqualTo(textLines(whole));
  }

  private static List<String> textLines(String text) {
    return text.lines().filter(line -> !line.isBlank()).collect(Collectors.toList());
  }
}
