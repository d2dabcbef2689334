// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestRankFile {
  private static final JsonNode GOLDEN = Golden.parse("golden-rules.json");
  private static final Map<String, Integer> SPECIAL = Map.of("<|endoftext|>", 600);

  @Test
  void encodesAsTiktokenDoes() {
    Tokenizer tokenizer = read(ranks());
    assertThat(GOLDEN.get("tiktokenCases")).hasSizeGreaterThan(250);
    for (JsonNode golden : GOLDEN.get("tiktokenCases")) {
      byte[] text = golden.get("text").asText().getBytes(UTF_8);
      assertThat(Golden.list(tokenizer.encode(text)))
          .as(golden.get("text").toString())
          .isEqualTo(Golden.ints(golden.get("ids")));
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
  }

  @Test
  void writesWhatItReads() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    read(ranks()).writeTiktoken(out);
    assertThat(new String(out.toByteArray(), UTF_8)).isEqualTo(ranks());
  }

  @Test
  void goesToTokenizerJsonAndBackWithItsUnusedIds() {
    Tokenizer tokenizer = read(ranks());
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    tokenizer.write(json);
    Tokenizer again = Tokenizer.read(new ByteArrayInputStream(json.toByteArray()));

    assertThat(again.digest()).isEqualTo(tokenizer.digest());
    assertThat(again.vocabularySize()).isEqualTo(601);
    assertThat(again.decode(new int[] {599})).isEmpty();
    for (JsonNode golden : GOLDEN.get("tiktokenCases")) {
      assertThat(Golden.list(again.encode(golden.get("text").asText().getBytes(UTF_8))))
          .as(golden.get("text").toString())
          .isEqualTo(Golden.ints(golden.get("ids")));
    }
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    again.writeTiktoken(back);
    assertThat(new String(back.toByteArray(), UTF_8)).isEqualTo(ranks());
  }

  @Test
  void hasNothingBehindUnusedIds() {
    Tokenizer tokenizer = read(ranks());
    assertThat(tokenizer.vocabularySize()).isEqualTo(601);
    assertThat(tokenizer.endOfTextId()).isEqualTo(600);
    assertThat(tokenizer.decode(new int[] {599})).isEmpty();
    assertThat(tokenizer.byteLength(599)).isZero();
  }

  @Test
  void refusesToWriteMergesThatDoNotFollowFromTheTokens() {
    assertThatThrownBy(() -> Golden.tokenizer().writeTiktoken(new ByteArrayOutputStream()))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageStartingWith("Cannot write [rank file]: ");
    assertThatThrownBy(
            () -> read(ranks()).writeGpt2(new ByteArrayOutputStream(), new ByteArrayOutputStream()))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageStartingWith("Cannot write [vocab.bpe]: ");
  }

  @ParameterizedTest
  @CsvSource({"YWI= x", "YWI=", "YWI= 3", "!!! 576", "YWI= 577", "YWI= 576 1", "' 576'", "YWI= -1"})
  void refusesABadLineByItsNumber(String line) {
    assertThatThrownBy(() -> read(ranks() + line + "\n"))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageStartingWith("Invalid rank file line 577 [" + line + "]: ");
  }

  @Test
  void refusesATokenThatComesTwiceAndSpecialTokensInItsWay() {
    assertThatThrownBy(() -> read(ranks() + "YQ== 576\n"))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining("Invalid rank [576]");
    assertThatThrownBy(
            () ->
                Tokenizer.readTiktoken(
                    new ByteArrayInputStream(ranks().getBytes(UTF_8)),
                    SplitRule.CL100K,
                    Map.of("<|endoftext|>", 5)))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining("between 576 and");
  }

  private static Tokenizer read(String ranks) {
    return Tokenizer.readTiktoken(
        new ByteArrayInputStream(ranks.getBytes(UTF_8)), SplitRule.CL100K, SPECIAL);
  }

  private static String ranks() {
    StringBuilder lines = new StringBuilder();
    GOLDEN.get("ranks").forEach(line -> lines.append(line.asText()).append('\n'));
    return lines.toString();
  }
}
