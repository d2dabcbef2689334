// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TestByteAlphabet {
  @Test
  void writesTheWellKnownStandIns() {
    // A blank is G with dot above, a line feed C with dot above, NUL A with macron.
    assertThat(ByteAlphabet.toText("a b\n\0".getBytes(US_ASCII))).isEqualTo("a\u0120b\u010a\u0100");
    assertThat(ByteAlphabet.toText(new byte[] {0x7F, (byte) 0xA0, (byte) 0xAD, (byte) 0xFF}))
        .isEqualTo("\u0121\u0142\u0143\u00ff");
  }

  @Test
  void givesEveryByteItsOwnCharacter() {
    byte[] all = new byte[256];
    for (int value = 0; value < all.length; value++) {
      all[value] = (byte) value;
    }
    String text = ByteAlphabet.toText(all);
    assertThat(text.chars().distinct().count()).isEqualTo(256);
    assertThat(ByteAlphabet.toBytes(text)).isEqualTo(all);
  }

  @Test
  void knowsNoBytesForOtherCharacters() {
    assertThat(ByteAlphabet.toBytes("a b")).isNull();
    assertThat(ByteAlphabet.toBytes("\u0144")).isNull();
    assertThat(ByteAlphabet.toBytes("\u6f22")).isNull();
  }

  @Test
  void sortsBytesByTheirCharacters() {
    String sorted = ByteAlphabet.toText(ByteAlphabet.bytesByCharacter());
    char[] expected = sorted.toCharArray();
    Arrays.sort(expected);
    assertThat(sorted)
        .hasSize(256)
        .isEqualTo(new String(expected))
        .startsWith("!\"#")
        .endsWith("\u0143");
  }
}
