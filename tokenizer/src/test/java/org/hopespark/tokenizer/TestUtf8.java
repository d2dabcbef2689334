// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestUtf8 {
  @Test
  void decodesEveryScalarValue() {
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (codePoint == Character.MIN_SURROGATE) {
        codePoint = Character.MAX_SURROGATE + 1;
      }
      byte[] bytes = Character.toString(codePoint).getBytes(UTF_8);
      assertThat(Utf8.codePointAt(bytes, 0, bytes.length)).isEqualTo(codePoint);
      assertThat(Utf8.length(codePoint)).isEqualTo(bytes.length);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "BF",
        "C080",
        "C1BF",
        "E08080",
        "E09FBF",
        "F0808080",
        "F08FBFBF",
        "EDA080",
        "EDBFBF",
        "F4908080",
        "F5808080",
        "FF",
        "FE",
        "C3",
        "E282",
        "F09F98",
        "C341",
        "E28241",
        "F09F9841",
        "E2C3A9"
      })
  void takesMalformedSequencesForOneInvalidByte(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(Utf8.codePointAt(bytes, 0, bytes.length)).isEqualTo(Utf8.INVALID);
    assertThat(Utf8.length(Utf8.INVALID)).isEqualTo(1);
  }

  @Test
  void seesNothingBehindTheEndOfTheText() {
    byte[] bytes = "\u00e9".getBytes(UTF_8);
    assertThat(Utf8.codePointAt(bytes, 0, 1)).isEqualTo(Utf8.INVALID);
  }

  @Test
  void agreesWithTheJdkOnWhatIsWellFormed() {
    long seed = 41;
    Random random = new Random(seed);
    for (int trial = 0; trial < 200_000; trial++) {
      byte[] bytes = new byte[1 + random.nextInt(4)];
      random.nextBytes(bytes);
      bytes[0] |= (byte) 0x80;
      boolean whole = Utf8.length(Utf8.codePointAt(bytes, 0, bytes.length)) == bytes.length;
      boolean wellFormed = whole && Utf8.codePointAt(bytes, 0, bytes.length) != Utf8.INVALID;
      assertThat(wellFormed)
          .as("seed %d, bytes %s", seed, HexFormat.of().formatHex(bytes))
          .isEqualTo(isOneCharacter(bytes));
    }
  }

  private static boolean isOneCharacter(byte[] bytes) {
    try {
      CharSequence text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return Character.codePointCount(text, 0, text.length()) == 1;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
