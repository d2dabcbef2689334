// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestBpeTrainer {
  @ParameterizedTest
  @MethodSource("org.hopespark.tokenizer.Golden#trainings")
  void learnsTheMergesOfHuggingFace(Golden.Training golden) throws IOException {
    PieceCounter counter = new PieceCounter();
    golden.documents().forEach(document -> counter.add(document.getBytes(UTF_8)));
    Tokenizer tokenizer = BpeTrainer.train(counter, golden.vocabularySize());
    assertThat(merges(tokenizer)).isEqualTo(golden.merges());
    assertThat(tokenizer.vocabularySize()).isEqualTo(257 + golden.merges().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ab", "ab ", "abc \n", "aab b", "\u00e9\u00e8a "})
  void agreesWithATrainerThatCountsAnewEachTime(String alphabet) throws IOException {
    long seed = 900L + alphabet.length();
    Random random = new Random(seed);
    for (int trial = 0; trial < 12; trial++) {
      PieceCounter counter = new PieceCounter();
      for (int document = 0; document < 8; document++) {
        counter.add(randomString(random, alphabet, random.nextInt(50)).getBytes(UTF_8));
      }
      int vocabularySize = 257 + random.nextInt(60);
      NaiveTrainer naive = new NaiveTrainer(counter, vocabularySize);
      assertThat(merges(BpeTrainer.train(counter, vocabularySize)))
          .as("seed %d, trial %d", seed, trial)
          .isEqualTo(naive.merges().stream().map(TestBpeTrainer::inAlphabet).toList());
    }
  }

  @Test
  void agreesWithATrainerThatCountsAnewOnBrokenText() throws IOException {
    long seed = 910;
    Random random = new Random(seed);
    for (int trial = 0; trial < 10; trial++) {
      PieceCounter counter = new PieceCounter();
      counter.add(RandomText.brokenUtf8(random, 200));
      NaiveTrainer naive = new NaiveTrainer(counter, 300);
      assertThat(merges(BpeTrainer.train(counter, 300)))
          .as("seed %d, trial %d", seed, trial)
          .isEqualTo(naive.merges().stream().map(TestBpeTrainer::inAlphabet).toList());
    }
  }

  @Test
  void doesNotDependOnTheOrderOrThePartsOfTheCorpus() {
    long seed = 911;
    Random random = new Random(seed);
    List<byte[]> documents = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      documents.add(RandomText.text(random, 40).getBytes(UTF_8));
    }
    String expected = BpeTrainer.train(counted(documents, 1), 500).digest();
    for (int numParts : new int[] {1, 3, 8}) {
      Collections.shuffle(documents, random);
      assertThat(BpeTrainer.train(counted(documents, numParts), 500).digest())
          .as("seed %d, %d parts", seed, numParts)
          .isEqualTo(expected);
    }
  }

  @Test
  void numbersEndOfTextThenBytesThenMerges() throws IOException {
    PieceCounter counter = new PieceCounter();
    counter.add("abab".getBytes(UTF_8));
    Tokenizer tokenizer = BpeTrainer.train(counter, 259);
    assertThat(tokenizer.endOfTextId()).isZero();
    for (int i = 0; i < 256; i++) {
      assertThat(tokenizer.bytes(1 + i)).containsExactly(ByteAlphabet.bytesByCharacter()[i]);
    }
    assertThat(tokenizer.bytes(257)).isEqualTo("ab".getBytes(UTF_8));
    assertThat(tokenizer.bytes(258)).isEqualTo("abab".getBytes(UTF_8));
    assertThat(merges(tokenizer)).containsExactly("a b", "ab ab");
  }

  @Test
  void breaksTiesByTheSmallerIds() throws IOException {
    // All four pairs occur once; a blank's character (U+0120) sorts behind the ASCII letters.
    PieceCounter counter = new PieceCounter();
    counter.add("yz yx".getBytes(UTF_8));
    assertThat(merges(BpeTrainer.train(counter, 260))).containsExactly("y x", "y z", "\u0120 yx");
  }

  @Test
  void countsOverlappingPairsOfARun() throws IOException {
    // "aaa" holds the pair twice and so wins over "bc" and "de", although only one of the two can
    // merge.
    PieceCounter counter = new PieceCounter();
    counter.add("bc!aaa!de".getBytes(UTF_8));
    assertThat(merges(BpeTrainer.train(counter, 400))).containsExactly("a a", "b c", "d e", "aa a");
  }

  @Test
  void mergesPairsThatOccurOnce() throws IOException {
    PieceCounter counter = new PieceCounter();
    counter.add("xyz".getBytes(UTF_8));
    assertThat(merges(BpeTrainer.train(counter, 1000))).containsExactly("x y", "xy z");
  }

  @Test
  void stopsWhereNoPairIsLeft() {
    PieceCounter counter = new PieceCounter();
    counter.add("no more pairs".getBytes(UTF_8));
    // Joins inside "no", " more", " pairs": 1 + 4 + 5, none of them shared.
    assertThat(BpeTrainer.train(counter, 8192).vocabularySize()).isEqualTo(257 + 10);
  }

  @Test
  void trainsOnNothing() {
    Tokenizer tokenizer = BpeTrainer.train(new PieceCounter(), 512);
    assertThat(tokenizer.vocabularySize()).isEqualTo(257);
    assertThat(tokenizer.decode(tokenizer.encode("any".getBytes(UTF_8))))
        .isEqualTo("any".getBytes(UTF_8));
  }

  @Test
  void countsBeyond32Bits() throws IOException {
    // In 32 bits 3e9 is negative: the frequent word would vanish.
    PieceCounter counter = new PieceCounter();
    counter.add("the".getBytes(UTF_8), 3_000_000_000L);
    counter.add("cat".getBytes(UTF_8), 1_000_000_000L);
    assertThat(merges(BpeTrainer.train(counter, 259))).containsExactly("h e", "t he");
  }

  @Test
  void givesEveryTokenOtherBytes() {
    PieceCounter counter = new PieceCounter();
    counter.add(randomString(new Random(912), "aab ", 4_000).getBytes(UTF_8));
    Tokenizer tokenizer = BpeTrainer.train(counter, 2_000);
    Set<String> tokens = new HashSet<>();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      tokens.add(new String(tokenizer.bytes(id), ISO_8859_1));
    }
    assertThat(tokens).hasSize(tokenizer.vocabularySize());
  }

  @Test
  void neverLearnsTheSpecialToken() {
    PieceCounter counter = new PieceCounter();
    for (int i = 0; i < 100; i++) {
      counter.add("<|endoftext|>".getBytes(UTF_8));
    }
    Tokenizer tokenizer = BpeTrainer.train(counter, 1000);
    assertThat(tokenizer.encode("<|endoftext|>".getBytes(UTF_8))).hasSize(3).doesNotContain(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 0, -1, Integer.MIN_VALUE})
  void refusesAVocabularyWithoutRoomForTheBytes(int vocabularySize) {
    assertThatThrownBy(() -> BpeTrainer.train(new PieceCounter(), vocabularySize))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessage(
            "Invalid vocabulary size [%d]: 256 bytes and <|endoftext|> need 257 ids. Give a larger size."
                .formatted(vocabularySize));
  }

  private static PieceCounter counted(List<byte[]> documents, int numParts) {
    List<PieceCounter> parts = new ArrayList<>();
    for (int part = 0; part < numParts; part++) {
      parts.add(new PieceCounter());
    }
    for (int i = 0; i < documents.size(); i++) {
      parts.get(i % numParts).add(documents.get(i));
    }
    PieceCounter all = new PieceCounter();
    parts.forEach(all::merge);
    return all;
  }

  private static String randomString(Random random, String alphabet, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static String inAlphabet(List<String> latin1Pair) {
    return ByteAlphabet.toText(latin1Pair.get(0).getBytes(ISO_8859_1))
        + " "
        + ByteAlphabet.toText(latin1Pair.get(1).getBytes(ISO_8859_1));
  }

  private static List<String> merges(Tokenizer tokenizer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tokenizer.write(out);
    List<String> merges = new ArrayList<>();
    for (JsonNode merge : Golden.MAPPER.readTree(out.toByteArray()).at("/model/merges")) {
      merges.add(merge.asText());
    }
    return merges;
  }
}
