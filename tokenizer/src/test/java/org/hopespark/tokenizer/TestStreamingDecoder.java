// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestStreamingDecoder {
  private static final Tokenizer TOKENIZER = Golden.tokenizer();

  @Test
  void holdsBackACharacterUntilItIsComplete() {
    // U+1F600 is F0 9F 98 80: four tokens of one byte each.
    int[] ids = new int[4];
    byte[] smile = "\ud83d\ude00".getBytes(UTF_8);
    for (int i = 0; i < 4; i++) {
      ids[i] = TOKENIZER.encode(new byte[] {smile[i]})[0];
    }
    StreamingDecoder decoder = TOKENIZER.streamingDecoder();
    for (int i = 0; i < 3; i++) {
      assertThat(decoder.decode(ids[i])).isEmpty();
    }
    assertThat(decoder.decode(ids[3])).isEqualTo(smile);
    assertThat(decoder.finish()).isEmpty();
    assertThat(decoder.decode(ids[0], ids[1])).isEmpty();
    assertThat(decoder.finish()).containsExactly(0xF0, 0x9F);
    assertThat(decoder.finish()).isEmpty();
  }

  @Test
  void givesWholeCharactersAndAllBytesInTheEnd() {
    long seed = 501;
    Random random = new Random(seed);
    for (int trial = 0; trial < 5_000; trial++) {
      boolean broken = random.nextBoolean();
      byte[] text =
          broken
              ? RandomText.brokenUtf8(random, 1 + random.nextInt(20))
              : RandomText.text(random, 1 + random.nextInt(20)).getBytes(UTF_8);
      StreamingDecoder decoder = TOKENIZER.streamingDecoder();
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int id : TOKENIZER.encode(text)) {
        byte[] some = decoder.decode(id);
        assertThat(broken || Utf8.countInvalid(some, 0, some.length) == 0)
            .as("seed %d, trial %d", seed, trial)
            .isTrue();
        all.writeBytes(some);
      }
      byte[] rest = decoder.finish();
      assertThat(rest.length).isLessThanOrEqualTo(broken ? 3 : 0);
      all.writeBytes(rest);
      assertThat(all.toByteArray()).as("seed %d, trial %d", seed, trial).isEqualTo(text);
    }
  }

  @Test
  void holdsBackNothingThatCannotBecomeACharacter() {
    // After E0 comes A0 at least, after ED 9F at most, after F4 8F at most; C1 starts nothing.
    assertThat(held(0xE0, 0x80)).isZero();
    assertThat(held(0xE0, 0xA0)).isEqualTo(2);
    assertThat(held(0xED, 0xA0)).isZero();
    assertThat(held(0xED, 0x9F)).isEqualTo(2);
    assertThat(held(0xF4, 0x90, 0x80)).isZero();
    assertThat(held(0xF4, 0x8F, 0xBF)).isEqualTo(3);
    assertThat(held(0xF0, 0x8F)).isZero();
    assertThat(held(0xC1)).isZero();
    assertThat(held(0xC2)).isEqualTo(1);
    assertThat(held(0xF5)).isZero();
    assertThat(held(0x80)).isZero();
    assertThat(held(0xC3, 0xA9)).isZero();
  }

  @Test
  void keepsWhatItHoldsWhenAnIdIsRefused() {
    StreamingDecoder decoder = TOKENIZER.streamingDecoder();
    int lead = TOKENIZER.encode(new byte[] {(byte) 0xC3})[0];
    int trail = TOKENIZER.encode(new byte[] {(byte) 0xA9})[0];
    assertThat(decoder.decode(lead)).isEmpty();
    assertThatThrownBy(() -> decoder.decode(trail, -1))
        .isInstanceOf(InvalidTokenizerException.class);
    assertThat(decoder.decode(trail)).isEqualTo("\u00e9".getBytes(UTF_8));
  }

  @Test
  void countsWhatIsOddAboutTexts() {
    EncodingCounts counts = new EncodingCounts();
    IdBuffer ids = new IdBuffer();
    byte[] text = "<|endoftext|> a <|endoftext|><|endof \ufffd \u00e9".getBytes(UTF_8);
    TOKENIZER.encode(text, 0, text.length, ids, counts);
    assertThat(ids.toArray()).isEqualTo(TOKENIZER.encode(text));
    assertThat(counts.specialTexts()).isEqualTo(2);
    assertThat(counts.invalidSequences()).isZero();
    byte[] broken = {'a', (byte) 0xFF, (byte) 0xFE, 'b', (byte) 0xE2, (byte) 0x82};
    TOKENIZER.encode(broken, 0, broken.length, ids, counts);
    assertThat(counts.invalidSequences()).isEqualTo(2);
    EncodingCounts sum = new EncodingCounts();
    sum.add(counts);
    sum.add(counts);
    assertThat(sum.specialTexts()).isEqualTo(4);
    assertThat(sum.invalidSequences()).isEqualTo(4);
  }

  private static int held(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return Utf8.incompleteAtEnd(bytes);
  }
}
