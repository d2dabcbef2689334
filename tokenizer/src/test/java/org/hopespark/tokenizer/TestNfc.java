// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Against the JDK's normalizer, whose Unicode version is newer: U+11938, which Hugging Face's does
 * not compose, is the one difference among the characters that both know.
 */
class TestNfc {
  private static final int COMPOSED_LATER = 0x11938;

  private final Nfc nfc = new Nfc();

  @Test
  void normalizesEveryScalarValueAloneAndBetweenLetters() {
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
      if (surrogate || Character.getType(codePoint) == Character.UNASSIGNED) {
        continue;
      }
      check(Character.toString(codePoint));
      check("a" + Character.toString(codePoint) + "b");
    }
  }

  @Test
  void normalizesRandomTextOfCharactersThatCombine() {
    int[] combining =
        java.util.stream.IntStream.rangeClosed(0, 0x2FFFF)
            .filter(codePoint -> codePoint < 0xD800 || codePoint > 0xDFFF)
            .filter(codePoint -> codePoint != COMPOSED_LATER && codePoint != 0x11935)
            .filter(codePoint -> Character.getType(codePoint) != Character.UNASSIGNED)
            .filter(
                codePoint ->
                    NfcTable.mayChange(codePoint) || NfcTable.decomposition(codePoint) != null)
            .toArray();
    String common = "aeoAZ \u0301\u0308\u0323\u0345\u0334\u1100\u1161\u11a8\uac00\u09c7\u09be";
    long seed = 401;
    Random random = new Random(seed);
    for (int trial = 0; trial < 200_000; trial++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(9); i >= 0; i--) {
        if (random.nextBoolean()) {
          text.append(common.charAt(random.nextInt(common.length())));
        } else {
          text.appendCodePoint(combining[random.nextInt(combining.length)]);
        }
      }
      check(text.toString());
    }
  }

  @Test
  void leavesBrokenBytesAloneAndCombinesNothingAcrossThem() {
    byte[] text = {'e', (byte) 0xFF, (byte) 0xCC, (byte) 0x81, 'e', (byte) 0xCC, (byte) 0x81};
    byte[] expected = {'e', (byte) 0xFF, (byte) 0xCC, (byte) 0x81, (byte) 0xC3, (byte) 0xA9};
    assertThat(nfc.normalize(text, 0, text.length)).isTrue();
    assertThat(Arrays.copyOf(nfc.bytes(), nfc.size())).isEqualTo(expected);
  }

  @Test
  void doesNotComposeWhatCameWithALaterVersion() {
    String apart = "\ud806\udd35\ud806\udd30";
    assertThat(normalized(apart)).isEqualTo(apart);
  }

  @Test
  void takesNoQuadraticTimeForManyMarks() {
    StringBuilder text = new StringBuilder("a");
    for (int i = 0; i < 300_000; i++) {
      text.append(i % 2 == 0 ? '\u0301' : '\u0323');
    }
    String composed =
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> normalized(text.toString()));
    // a + dot below compose, and no acute composes with that behind other dots.
    assertThat(composed).startsWith("\u1ea1\u0323\u0323").endsWith("\u0301\u0301");
    assertThat(composed).hasSize(300_000);
  }

  private void check(String text) {
    if (text.codePoints().anyMatch(codePoint -> codePoint == COMPOSED_LATER)) {
      return;
    }
    assertThat(normalized(text))
        .as(text.codePoints().mapToObj("U+%04X"::formatted).toList().toString())
        .isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFC));
  }

  private String normalized(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    boolean changed = nfc.normalize(utf8, 0, utf8.length);
    return changed ? new String(nfc.bytes(), 0, nfc.size(), UTF_8) : text;
  }
}
