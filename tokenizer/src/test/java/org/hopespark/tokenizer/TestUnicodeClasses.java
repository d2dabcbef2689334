// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hopespark.tokenizer.UnicodeClasses.LETTER;
import static org.hopespark.tokenizer.UnicodeClasses.NOT_LOWER;
import static org.hopespark.tokenizer.UnicodeClasses.NOT_UPPER;
import static org.hopespark.tokenizer.UnicodeClasses.NUMBER;
import static org.hopespark.tokenizer.UnicodeClasses.OTHER;
import static org.hopespark.tokenizer.UnicodeClasses.WHITE_SPACE;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestUnicodeClasses {
  /** The White_Space property, as Unicode's PropList.txt lists it. */
  private static final int[] WHITE_SPACES = {
    0x9, 0xA, 0xB, 0xC, 0xD, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004,
    0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000
  };

  @Test
  void holdsExactlyTheWhiteSpaceProperty() {
    int[] found =
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
            .filter(codePoint -> UnicodeClasses.of(codePoint) == WHITE_SPACE)
            .toArray();
    assertThat(found).containsExactly(WHITE_SPACES);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x1C, 0x1D, 0x1E, 0x1F, 0x180E, 0x200B, 0x200D, 0xFEFF, 0x0})
  void takesControlsAndFormatCharactersForNoWhiteSpace(int codePoint) {
    assertThat(UnicodeClasses.of(codePoint)).isEqualTo(OTHER);
  }

  @Test
  void agreesWithTheGeneralCategoryOfEveryCodePointTheJdkKnows() {
    IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
        .filter(codePoint -> Character.getType(codePoint) != Character.UNASSIGNED)
        .filter(codePoint -> UnicodeClasses.of(codePoint) != WHITE_SPACE)
        .forEach(
            codePoint ->
                assertThat(UnicodeClasses.of(codePoint))
                    .as("U+%04X", codePoint)
                    .isEqualTo(classByGeneralCategory(codePoint)));
  }

  @Test
  void knowsLettersOfUnicode16WhichOlderJdksDoNot() {
    assertThat(IntStream.of(0x1C89, 0x1C8A, 0xA7CB, 0x105C0, 0x31350))
        .allMatch(codePoint -> UnicodeClasses.of(codePoint) == LETTER);
  }

  @Test
  void countsAllNumberCategoriesAsNumbers() {
    int digit = '7';
    int letterNumber = 0x2167;
    int fraction = 0xBD;
    assertThat(IntStream.of(digit, letterNumber, fraction, 0x663, 0x1D7D8))
        .allMatch(codePoint -> UnicodeClasses.of(codePoint) == NUMBER);
  }

  @Test
  void countsCombiningMarksAsOther() {
    assertThat(IntStream.of(0x301, 0x94D, 0xFE0F, 0x20E3))
        .allMatch(codePoint -> UnicodeClasses.of(codePoint) == OTHER);
  }

  @Test
  void givesThePiecesThatTableOneGave() {
    // Table 1 had letters, numbers and white space only; ids by the GPT-2 rule must not change.
    byte[] classes = new byte[Character.MAX_CODE_POINT + 1];
    new String(UnicodeClasses.resource("unicode-classes-1.txt"), US_ASCII)
        .lines()
        .filter(line -> line.matches("[LNW] .*"))
        .map(line -> line.split(" ", -1))
        .forEach(
            fields ->
                Arrays.fill(
                    classes,
                    Integer.parseInt(fields[1], 16),
                    Integer.parseInt(fields[fields.length - 1], 16) + 1,
                    (byte) (1 + "LNW".indexOf(fields[0]))));
    IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
        .forEach(
            codePoint ->
                assertThat(UnicodeClasses.of(codePoint))
                    .as("U+%04X", codePoint)
                    .isEqualTo(classes[codePoint]));
  }

  @Test
  void knowsTheCaseOfLettersAndCountsMarksAsBoth() {
    assertThat(UnicodeClasses.caseOf('A')).isEqualTo(NOT_LOWER);
    assertThat(UnicodeClasses.caseOf(0x1C5)).as("title case").isEqualTo(NOT_LOWER);
    assertThat(UnicodeClasses.caseOf('a')).isEqualTo(NOT_UPPER);
    assertThat(IntStream.of(0x2B0, 0x6F22, 0x301, 0x903, 0x20DD))
        .allMatch(codePoint -> UnicodeClasses.caseOf(codePoint) == (NOT_LOWER | NOT_UPPER));
    assertThat(IntStream.of('1', ' ', '!', 0x2167, 0x10FFFF))
        .allMatch(codePoint -> UnicodeClasses.caseOf(codePoint) == 0);
    assertThat(Tokenizer.unicodeTableDigest()).matches("[0-9a-f]{64}");
  }

  @Test
  void coversTheEndsOfTheCodeSpace() {
    assertThat(UnicodeClasses.of(0xD800)).isEqualTo(OTHER);
    assertThat(UnicodeClasses.of(0xDFFF)).isEqualTo(OTHER);
    assertThat(UnicodeClasses.of(0xFFFF)).isEqualTo(OTHER);
    assertThat(UnicodeClasses.of(0x10FFFF)).isEqualTo(OTHER);
  }

  private static byte classByGeneralCategory(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      default -> OTHER;
    };
  }
}
