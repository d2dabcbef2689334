// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestTokenizer {
  private static final Tokenizer TOKENIZER = Golden.tokenizer();

  @ParameterizedTest
  @MethodSource("org.hopespark.tokenizer.Golden#cases")
  void encodesAsHuggingFaceDoes(Golden.Case golden) {
    assertThat(Golden.list(TOKENIZER.encode(golden.utf8()))).isEqualTo(golden.ids());
  }

  @ParameterizedTest
  @MethodSource("org.hopespark.tokenizer.Golden#cases")
  void decodesIdsOfHuggingFaceToTheText(Golden.Case golden) {
    int[] ids = golden.ids().stream().mapToInt(Integer::intValue).toArray();
    assertThat(new String(TOKENIZER.decode(ids), UTF_8)).isEqualTo(golden.text());
  }

  @Test
  void givesBackRandomBytes() {
    long seed = 99;
    Random random = new Random(seed);
    for (int trial = 0; trial < 2_000; trial++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      assertThat(TOKENIZER.decode(TOKENIZER.encode(bytes)))
          .as("seed %d, trial %d", seed, trial)
          .isEqualTo(bytes);
    }
  }

  @Test
  void givesBackBrokenText() {
    long seed = 100;
    Random random = new Random(seed);
    for (int trial = 0; trial < 5_000; trial++) {
      byte[] bytes = RandomText.brokenUtf8(random, 1 + random.nextInt(60));
      assertThat(TOKENIZER.decode(TOKENIZER.encode(bytes)))
          .as("seed %d, trial %d", seed, trial)
          .isEqualTo(bytes);
    }
  }

  @Test
  void givesBackEveryPairOfBytes() {
    for (int pair = 0; pair < 1 << 16; pair++) {
      byte[] bytes = {(byte) (pair >> 8), (byte) pair};
      assertThat(TOKENIZER.decode(TOKENIZER.encode(bytes))).isEqualTo(bytes);
    }
  }

  @Test
  void mergesAsTheDefinitionSays() {
    long seed = 101;
    Random random = new Random(seed);
    NaiveBpe naive = new NaiveBpe(TOKENIZER, Golden.tokenizerJson());
    for (int trial = 0; trial < 3_000; trial++) {
      byte[] bytes = RandomText.brokenUtf8(random, 1 + random.nextInt(20));
      assertThat(Golden.list(TOKENIZER.encode(bytes)))
          .as("seed %d, trial %d", seed, trial)
          .isEqualTo(naive.encode(bytes));
    }
  }

  @Test
  void encodesNoBytesToNoIds() {
    assertThat(TOKENIZER.encode(new byte[0])).isEmpty();
    assertThat(TOKENIZER.decode(new int[0])).isEmpty();
  }

  @Test
  void takesTheSpellingOfASpecialTokenForPlainText() {
    byte[] text = "one<|endoftext|>two".getBytes(UTF_8);
    assertThat(TOKENIZER.encode(text)).doesNotContain(TOKENIZER.endOfTextId());
    assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text);
  }

  @Test
  void decodesASpecialTokenToItsText() {
    assertThat(new String(TOKENIZER.decode(new int[] {TOKENIZER.endOfTextId()}), UTF_8))
        .isEqualTo("<|endoftext|>");
  }

  @Test
  void countsNoBytesForASpecialToken() {
    assertThat(TOKENIZER.bytes(TOKENIZER.endOfTextId())).isEmpty();
  }

  @Test
  void bytesOfIdsAddUpToTheText() {
    byte[] text = "Bits per byte: \u8bb0\u5fc6 \ud83d\ude00, the end.".getBytes(UTF_8);
    int sum = IntStream.of(TOKENIZER.encode(text)).map(id -> TOKENIZER.bytes(id).length).sum();
    assertThat(sum).isEqualTo(text.length);
  }

  @Test
  void handsOutCopiesOfItsBytes() {
    int id = TOKENIZER.encode("the".getBytes(UTF_8))[0];
    TOKENIZER.bytes(id)[0] = 'X';
    TOKENIZER.encode("the".getBytes(UTF_8))[0] = -5;
    assertThat(TOKENIZER.decode(TOKENIZER.encode("the".getBytes(UTF_8))))
        .isEqualTo("the".getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 600, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void refusesIdsOutsideTheVocabulary(int id) {
    assertThatThrownBy(() -> TOKENIZER.decode(new int[] {id}))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessage(
            "Invalid token id ["
                + id
                + "]: the vocabulary has ids 0 to 599. Use the tokenizer that encoded the text.");
    assertThatThrownBy(() -> TOKENIZER.bytes(id)).isInstanceOf(InvalidTokenizerException.class);
  }

  @Test
  void tellsItsSizeAndEndOfText() {
    assertThat(TOKENIZER.vocabularySize()).isEqualTo(600);
    assertThat(TOKENIZER.endOfTextId()).isZero();
  }

  @Test
  void appendsToABufferAndSeesNothingOutsideTheRange() {
    byte[] text = "xx the  memory   yy".getBytes(UTF_8);
    IdBuffer ids = new IdBuffer();
    TOKENIZER.encode(text, 2, 16, ids);
    byte[] part = Arrays.copyOfRange(text, 2, 16);
    assertThat(ids.toArray()).isEqualTo(TOKENIZER.encode(part));
    int first = ids.size();
    TOKENIZER.encode(text, 0, text.length, ids);
    int[] whole = TOKENIZER.encode(text);
    assertThat(Arrays.copyOfRange(ids.toArray(), first, ids.size())).isEqualTo(whole);
    ids.clear();
    TOKENIZER.encode(text, 5, 5, ids);
    assertThat(ids.size()).isZero();
    assertThatThrownBy(() -> TOKENIZER.encode(text, 5, text.length + 1, ids))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> ids.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void encodesALongWordOfRandomLettersWithoutQuadraticTime() {
    Random random = new Random(104);
    byte[] text = new byte[400_000];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + random.nextInt(26));
    }
    int[] ids = Assertions.assertTimeout(Duration.ofSeconds(5), () -> TOKENIZER.encode(text));
    assertThat(TOKENIZER.decode(ids)).isEqualTo(text);
    NaiveBpe naive = new NaiveBpe(TOKENIZER, Golden.tokenizerJson());
    byte[] head = Arrays.copyOf(text, 1_000);
    assertThat(Golden.list(TOKENIZER.encode(head))).isEqualTo(naive.encode(head));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "^", " ", "\n", "the", "\u8bb0", "ab"})
  void encodesLongPiecesWithoutQuadraticTime(String unit) {
    byte[] text = unit.repeat(300_000).getBytes(UTF_8);
    int[] ids = Assertions.assertTimeout(Duration.ofSeconds(5), () -> TOKENIZER.encode(text));
    assertThat(TOKENIZER.decode(ids)).isEqualTo(text);
  }

  @Test
  void givesEqualIdsToManyThreads() throws Exception {
    Random random = new Random(102);
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      texts.add(RandomText.brokenUtf8(random, 40));
    }
    Tokenizer alone = Golden.tokenizer();
    List<int[]> expected = texts.stream().map(alone::encode).toList();
    Tokenizer shared = Golden.tokenizer();
    List<int[]> actual = texts.parallelStream().map(shared::encode).toList();
    for (int i = 0; i < texts.size(); i++) {
      assertThat(actual.get(i)).isEqualTo(expected.get(i));
    }
  }

  @Test
  void givesEqualIdsWithAFullCache() {
    // More distinct pieces than the cache has slots, twice, so that slots are fought for.
    Random random = new Random(103);
    byte[] text = new byte[400_000];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) (random.nextInt(6) == 0 ? ' ' : 'a' + random.nextInt(26));
    }
    int[] first = TOKENIZER.encode(text);
    assertThat(TOKENIZER.encode(text)).isEqualTo(first);
    assertThat(TOKENIZER.decode(first)).isEqualTo(text);
    NaiveBpe naive = new NaiveBpe(TOKENIZER, Golden.tokenizerJson());
    byte[] head = Arrays.copyOf(text, 20_000);
    assertThat(Golden.list(TOKENIZER.encode(head))).isEqualTo(naive.encode(head));
  }

  @Test
  void digestIsTheSha256OfWhatItWrites() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TOKENIZER.write(out);
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(out.toByteArray());
    assertThat(TOKENIZER.digest())
        .isEqualTo(HexFormat.of().formatHex(sha256))
        .isEqualTo(Golden.tokenizer().digest());
  }
}
