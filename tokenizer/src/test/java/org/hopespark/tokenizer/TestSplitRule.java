// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestSplitRule {
  private static final JsonNode GOLDEN = Golden.parse("golden-rules.json");

  @ParameterizedTest
  @EnumSource(SplitRule.class)
  void cutsAsHuggingFaceDoesWithTheExpression(SplitRule rule) {
    assertThat(GOLDEN.get("cases")).hasSizeGreaterThan(800);
    for (JsonNode golden : GOLDEN.get("cases")) {
      List<Integer> expected = Golden.ints(golden.get(rule.label()));
      byte[] text = golden.get("text").asText().getBytes(UTF_8);
      assertThat(lengths(rule, text)).as(golden.get("text").toString()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(SplitRule.class)
  void isKnownByItsExpressionAndItsName(SplitRule rule) {
    for (JsonNode named : GOLDEN.get("expressions")) {
      if (named.get("name").asText().equals(rule.label())) {
        assertThat(rule.expression()).isEqualTo(named.get("expression").asText());
      }
    }
    assertThat(SplitRule.ofExpression(rule.expression())).isEqualTo(rule);
    assertThat(SplitRule.named(rule.label())).isEqualTo(rule);
    assertThat(SplitRule.ofExpression(rule.expression() + "|x")).isNull();
  }

  /** The JDK's engine, over characters of which its Unicode version knows all. */
  @ParameterizedTest
  @EnumSource(SplitRule.class)
  void agreesWithTheExpressionInTheJdk(SplitRule rule) {
    Pattern pattern =
        Pattern.compile(
            rule.expression().replace("(?i:", "(?iu:"), Pattern.UNICODE_CHARACTER_CLASS);
    String[] more = {
      "\r", "/", "'S", "'\u017f", "camelCase", "UP", "\u01c5", "\u02b0", "\u0301", "'Ll"
    };
    long seed = 301;
    Random random = new Random(seed);
    for (int trial = 0; trial < 20_000; trial++) {
      StringBuilder text = new StringBuilder();
      for (int i = 1 + random.nextInt(10); i > 0; i--) {
        text.append(
            random.nextBoolean() ? RandomText.text(random, 1) : more[random.nextInt(more.length)]);
      }
      List<Integer> expected = new ArrayList<>();
      Matcher matcher = pattern.matcher(text);
      while (matcher.find()) {
        expected.add(matcher.group().getBytes(UTF_8).length);
      }
      assertThat(lengths(rule, text.toString().getBytes(UTF_8)))
          .as("seed %d, trial %d, %s", seed, trial, Golden.MAPPER.valueToTree(text.toString()))
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(SplitRule.class)
  void cutsBrokenTextCompletelyAndSeesNothingOutside(SplitRule rule) {
    long seed = 302;
    Random random = new Random(seed);
    for (int trial = 0; trial < 5_000; trial++) {
      byte[] text = RandomText.brokenUtf8(random, 1 + random.nextInt(12));
      int to = 1 + random.nextInt(text.length);
      byte[] alone = java.util.Arrays.copyOf(text, to);
      int at = 0;
      while (at < to) {
        int end = rule.pieceEnd(text, at, to);
        assertThat(end)
            .as("seed %d, trial %d, piece at %d", seed, trial, at)
            .isGreaterThan(at)
            .isLessThanOrEqualTo(to)
            .isEqualTo(rule.pieceEnd(alone, at, to));
        at = end;
      }
    }
  }

  @Test
  void refusesAnUnknownNameWithTheKnownOnes() {
    assertThatThrownBy(() -> SplitRule.named("cl50k"))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessage(
            "Invalid split rule [cl50k]: there is no such rule. Use one of gpt2, cl100k, qwen2, o200k.");
  }

  private static List<Integer> lengths(SplitRule rule, byte[] text) {
    List<Integer> lengths = new ArrayList<>();
    int at = 0;
    while (at < text.length) {
      int end = rule.pieceEnd(text, at, text.length);
      lengths.add(end - at);
      at = end;
    }
    return lengths;
  }
}
