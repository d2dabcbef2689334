// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestJsonLinesReader {
  @TempDir Path dir;

  @Test
  void readsTextAndPileSetName() {
    List<SourceRecord> records =
        Records.read(
            dir,
            "a.jsonl",
            """
            {"text": "one\\ntwo", "meta": {"pile_set_name": "Pile-CC", "n": [1, {"x": 2}]}}
            {"meta": {"pile_set_name": "Github"}, "id": 7, "text": "three"}
            """);
    assertThat(records)
        .containsExactly(
            new SourceRecord("Pile-CC", "one\ntwo", null, false),
            new SourceRecord("Github", "three", null, false));
  }

  @Test
  void callsTheDomainTextWhereNoSetIsNamed() {
    List<SourceRecord> records =
        Records.read(
            dir,
            "a.jsonl",
            """
            {"text": "a"}
            {"text": "b", "meta": null}
            {"text": "c", "meta": {"pile_set_name": 3}}
            {"text": "d", "meta": [{"pile_set_name": "no"}]}
            """);
    assertThat(records).extracting(SourceRecord::domain).containsOnly("text").hasSize(4);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "<html>504</html>|INVALID_JSON",
        "{\"text\": \"this line was cut|INVALID_JSON",
        "{\"text\": \"a\"} {\"text\": \"b\"}|INVALID_JSON",
        "{'text': 'single quotes'}|INVALID_JSON",
        "[\"text\"]|NOT_AN_OBJECT",
        "42|NOT_AN_OBJECT",
        "{\"id\": 1, \"meta\": {\"text\": \"inner\"}}|MISSING_TEXT",
        "{}|MISSING_TEXT",
        "{\"text\": null}|NON_STRING_TEXT",
        "{\"text\": 42}|NON_STRING_TEXT",
        "{\"text\": {\"text\": \"inner\"}}|NON_STRING_TEXT",
        "{\"text\": [\"inner\"]}|NON_STRING_TEXT",
        "{\"text\": \"\"}|EMPTY_TEXT",
        "{\"text\": \" \\n\\t \"}|EMPTY_TEXT",
        "{\"text\": \"\\u00a0\\u2003\\n\"}|EMPTY_TEXT",
        "~ ~|BLANK_LINE",
      })
  void dropsDamageForItsReasonAndReadsOn(String line, DropReason reason) {
    List<SourceRecord> records =
        Records.read(dir, "a.jsonl", "{\"text\": \"x\"}\n" + line + "\n{\"text\": \"y\"}\n");
    assertThat(records).extracting(SourceRecord::reason).containsExactly(null, reason, null);
    assertThat(Records.texts(records)).containsExactly("x", null, "y");
  }

  @Test
  void skipsAByteOrderMarkAndTakesEitherLineEnd() {
    List<SourceRecord> records =
        Records.read(
            dir, "a.jsonl", "\uFEFF{\"text\": \"a\"}\r\n{\"text\": \"b\"}\n\r\n{\"text\": \"c\"}");
    assertThat(Records.texts(records)).containsExactly("a", "b", null, "c");
    assertThat(records.get(2).reason()).isEqualTo(DropReason.BLANK_LINE);
  }

  @Test
  void replacesSurrogatesThatStandAlone() {
    List<SourceRecord> records =
        Records.read(
            dir,
            "a.jsonl",
            """
            {"text": "lone \\ud83d surrogate"}
            {"text": "low \\ude00 first \\ud83d"}
            {"text": "pair \\ud83d\\ude00"}
            """);
    assertThat(Records.texts(records))
        .containsExactly("lone \uFFFD surrogate", "low \uFFFD first \uFFFD", "pair \uD83D\uDE00");
    assertThat(records).extracting(SourceRecord::repaired).containsExactly(true, true, false);
  }

  @Test
  void replacesBytesThatAreNoUtf8() {
    // E2 82 is the beginning of a character, FF is never part of one, and the quote goes on.
    byte[] line = "{\"text\": \"a\u00E2\u0082b\u00FF\u00E2\u0082\"}\n".getBytes(ISO_8859_1);
    List<SourceRecord> records = Records.read(dir, "a.jsonl", line);
    assertThat(records)
        .containsExactly(new SourceRecord("text", "a\uFFFDb\uFFFD\uFFFD", null, true));
  }

  @Test
  void doesNotTakeAReplacementCharacterOfTheAuthorForARepair() {
    List<SourceRecord> records =
        Records.read(dir, "a.jsonl", "{\"text\": \"a \uFFFD b\"}\n".getBytes(UTF_8));
    assertThat(records).containsExactly(new SourceRecord("text", "a \uFFFD b", null, false));
  }

  @Test
  void takesTheLastOfRepeatedKeys() {
    List<SourceRecord> records =
        Records.read(
            dir,
            "a.jsonl",
            """
            {"text": "a", "text": "b"}
            {"text": "a", "text": null}
            """);
    assertThat(records)
        .containsExactly(
            new SourceRecord("text", "b", null, false),
            SourceRecord.dropped("text", DropReason.NON_STRING_TEXT));
  }

  @Test
  void readsStringsAboveJacksonsDefaultLimit() {
    String book = "chapter ".repeat(2_600_000);
    List<SourceRecord> records = Records.read(dir, "a.jsonl", "{\"text\": \"" + book + "\"}");
    assertThat(records).hasSize(1);
    assertThat(records.get(0).text().length()).isEqualTo(book.length()).isGreaterThan(20_000_000);
  }
}
