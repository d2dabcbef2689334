// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Kinds of text that ask different things of an encoder, made from fixed seeds. */
public enum SampleText {
  /** Sentences of made-up words as frequent as English ones are, a million bytes. */
  ENGLISH {
    @Override
    byte[] make() {
      return english(MILLION, '\n');
    }
  },

  /** The same without line breaks, 25 million bytes. */
  LINE {
    @Override
    byte[] make() {
      return english(25 * MILLION, ' ');
    }
  },

  /** One letter, a million times: one piece. */
  RUN {
    @Override
    byte[] make() {
      byte[] text = new byte[MILLION];
      Arrays.fill(text, (byte) 'a');
      return text;
    }
  },

  /** Base64 of random bytes, a million characters. */
  BASE64 {
    @Override
    byte[] make() {
      return Base64.getEncoder().encode(random(MILLION / 4 * 3));
    }
  },

  /** A million bytes, most of them in no well-formed sequence. */
  BYTES {
    @Override
    byte[] make() {
      return random(MILLION);
    }
  },

  /** Ideographs without spaces, a comma now and then, a million bytes. */
  CHINESE {
    @Override
    byte[] make() {
      Random random = new Random(SEED);
      StringBuilder text = new StringBuilder();
      while (text.length() < MILLION / 3) {
        // 3,000 ideographs, the first ones far more often than the last.
        text.append((char) (0x4E00 + (int) (3_000 * Math.pow(random.nextDouble(), 3))));
        if (random.nextInt(20) == 0) {
          text.append('\uFF0C');
        }
      }
      return text.toString().getBytes(UTF_8);
    }
  };

  private static final int MILLION = 1_000_000;
  private static final long SEED = 20_261_121;

  /** Letters about as often as English has them. */
  private static final String LETTERS =
      "eeeeeeeeeeeetttttttttaaaaaaaaooooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrrddddllllcccuuummmwwffggyyppbbvk";

  /** The text's UTF-8. */
  abstract byte[] make();

  private static byte[] english(int numBytes, char sentenceEnd) {
    Random random = new Random(SEED);
    List<String> words = new ArrayList<>();
    for (int rank = 0; rank < 50_000; rank++) {
      int letters = 2 + random.nextInt(3 + Math.min(8, rank / 200));
      StringBuilder word = new StringBuilder();
      for (int i = 0; i < letters; i++) {
        word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
      }
      words.add(word.toString());
    }

    StringBuilder text = new StringBuilder(numBytes + 64);
    while (text.length() < numBytes) {
      int length = 5 + random.nextInt(20);
      for (int i = 0; i < length; i++) {
        // Of Zipf's law: as many draws fall between ranks 1 and 10 as between 100 and 1000.
        String word = words.get((int) Math.pow(words.size(), random.nextDouble()) - 1);
        text.append(i == 0 ? Character.toUpperCase(word.charAt(0)) + word.substring(1) : word);
        text.append(i + 1 == length ? "." : random.nextInt(12) == 0 ? ", " : " ");
      }
      text.append(sentenceEnd);
    }
    return text.substring(0, numBytes).getBytes(US_ASCII);
  }

  private static byte[] random(int numBytes) {
    byte[] bytes = new byte[numBytes];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }
}
