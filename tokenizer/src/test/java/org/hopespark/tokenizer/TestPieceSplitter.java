// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestPieceSplitter {
  /** The published expression; the flag makes white space Unicode's and not ASCII's. */
  private static final Pattern EXPRESSION =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  @Test
  void joinsOneBlankToTheWordBehindIt() {
    assertThat(split("a quick test")).containsExactly("a", " quick", " test");
  }

  @Test
  void givesTheLastBlankOfARunToTheWordBehindIt() {
    assertThat(split("a   b")).containsExactly("a", "  ", " b");
  }

  @Test
  void keepsARunAtTheEndWhole() {
    assertThat(split("a   ")).containsExactly("a", "   ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\t", "\n", "\u00a0", "\u0085", "\u2028", "\u3000"})
  void leavesALastWhiteSpaceThatIsNoBlankAlone(String space) {
    assertThat(split("a" + space + "b")).containsExactly("a", space, "b");
    assertThat(split("a " + space + "b")).containsExactly("a", " ", space, "b");
    assertThat(split("a" + space + " b")).containsExactly("a", space, " b");
    assertThat(split("a" + space + space + "b")).containsExactly("a", space, space, "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
  void cutsContractionsAnywhere(String contraction) {
    assertThat(split("x" + contraction + "y")).containsExactly("x", contraction, "y");
    assertThat(split(contraction)).containsExactly(contraction);
    assertThat(split("1" + contraction)).containsExactly("1", contraction);
  }

  @ParameterizedTest
  @CsvSource({"x'S,S", "x'RE,RE", "x'r,r", "x'l,l", "x'v,v", "x'LL,LL", "x'x,x", "x'cause,cause"})
  void takesOnlyLowerCaseContractions(String text, String rest) {
    assertThat(split(text)).containsExactly("x", "'", rest);
  }

  @Test
  void prefersTheRunOfOthersWhereABlankOrAnApostropheComesFirst() {
    assertThat(split(" 's")).containsExactly(" '", "s");
    assertThat(split("''s")).containsExactly("''", "s");
    assertThat(split("!'s")).containsExactly("!'", "s");
  }

  @Test
  void cutsTheSpellingOfASpecialToken() {
    assertThat(split("<|endoftext|>")).containsExactly("<|", "endoftext", "|>");
  }

  @Test
  void separatesLettersNumbersAndOthers() {
    assertThat(split("abc123!?\u00bd\u6f22"))
        .containsExactly("abc", "123", "!?", "\u00bd", "\u6f22");
  }

  @Test
  void countsEachInvalidByteAsOneOther() {
    // E2 82 is a character cut short, FF never occurs in UTF-8.
    byte[] text = {'a', (byte) 0xE2, (byte) 0x82, 'b', ' ', (byte) 0xFF, '!', ' ', (byte) 0x80};
    assertThat(pieceLengths(text)).containsExactly(1, 2, 1, 3, 2);
  }

  @ParameterizedTest
  @MethodSource("org.hopespark.tokenizer.Golden#cases")
  void cutsAsHuggingFaceDoes(Golden.Case golden) {
    assertThat(pieceLengths(golden.utf8())).isEqualTo(golden.pieceBytes());
  }

  @Test
  void agreesWithThePublishedExpression() {
    long seed = 7;
    Random random = new Random(seed);
    for (int trial = 0; trial < 20_000; trial++) {
      String text = RandomText.text(random, 1 + random.nextInt(30));
      List<String> expected = new ArrayList<>();
      Matcher matcher = EXPRESSION.matcher(text);
      while (matcher.find()) {
        expected.add(matcher.group());
      }
      assertThat(split(text)).as("seed %d, trial %d", seed, trial).isEqualTo(expected);
    }
  }

  @Test
  void cutsAPieceOnItsOwnNoFurther() {
    long seed = 8;
    Random random = new Random(seed);
    for (int trial = 0; trial < 20_000; trial++) {
      byte[] text = RandomText.brokenUtf8(random, 1 + random.nextInt(12));
      int at = 0;
      while (at < text.length) {
        int end = PieceSplitter.pieceEnd(text, at, text.length);
        assertThat(pieceLengths(Arrays.copyOfRange(text, at, end)))
            .as("seed %d, trial %d, piece at %d", seed, trial, at)
            .containsExactly(end - at);
        at = end;
      }
      assertThat(at).isEqualTo(text.length);
    }
  }

  @Test
  void seesNothingOutsideTheRangeGiven() {
    byte[] text = "xx   yy".getBytes(ISO_8859_1);
    assertThat(PieceSplitter.pieceEnd(text, 2, 4)).isEqualTo(4);
    assertThat(PieceSplitter.pieceEnd(text, 5, 6)).isEqualTo(6);
  }

  private static List<String> split(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    List<String> pieces = new ArrayList<>();
    int at = 0;
    for (int length : pieceLengths(utf8)) {
      pieces.add(new String(utf8, at, length, UTF_8));
      at += length;
    }
    return pieces;
  }

  private static List<Integer> pieceLengths(byte[] text) {
    List<Integer> lengths = new ArrayList<>();
    int at = 0;
    while (at < text.length) {
      int end = PieceSplitter.pieceEnd(text, at, text.length);
      lengths.add(end - at);
      at = end;
    }
    return lengths;
  }
}
