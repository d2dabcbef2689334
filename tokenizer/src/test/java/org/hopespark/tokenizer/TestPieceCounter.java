// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestPieceCounter {
  @Test
  void countsThePiecesOfDocuments() {
    PieceCounter counter = counter("the cat and the hat", "the end");
    assertThat(contents(counter))
        .containsOnly(
            Map.entry(" and", 1L),
            Map.entry(" cat", 1L),
            Map.entry(" end", 1L),
            Map.entry(" hat", 1L),
            Map.entry(" the", 1L),
            Map.entry("the", 2L));
    assertThat(counter.pieces()).isEqualTo(7);
    assertThat(counter.distinctPieces()).isEqualTo(6);
  }

  @Test
  void splitsEveryDocumentOnItsOwn() {
    assertThat(contents(counter("a ", " b"))).isEqualTo(Map.of("a", 1L, " ", 1L, " b", 1L));
    assertThat(contents(counter("a  b"))).isEqualTo(Map.of("a", 1L, " ", 1L, " b", 1L));
  }

  @Test
  void holdsNothingAtFirst() {
    PieceCounter counter = counter("");
    assertThat(contents(counter)).isEmpty();
    assertThat(counter.pieces()).isZero();
    assertThat(counter.distinctPieces()).isZero();
  }

  @Test
  void agreesWithAMapOnManyPieces() {
    long seed = 55;
    Random random = new Random(seed);
    PieceCounter counter = new PieceCounter();
    Map<String, Long> expected = new HashMap<>();
    for (int i = 0; i < 60_000; i++) {
      String piece =
          Long.toString((long) (random.nextDouble() * random.nextInt(100_000)), 36)
              .replaceAll("[0-9]", "x");
      counter.add(piece.getBytes(UTF_8));
      expected.merge(piece, 1L, Long::sum);
    }
    assertThat(contents(counter)).as("seed %d", seed).isEqualTo(expected);
    assertThat(counter.distinctPieces()).isEqualTo(expected.size());
    assertThat(counter.pieces()).isEqualTo(60_000);
  }

  @Test
  void givesPiecesInTheOrderOfTheirFirstOccurrence() {
    PieceCounter counter = counter("b a b", "c");
    assertThat(counter.distinctPieces()).isEqualTo(4);
    List<String> pieces = new ArrayList<>();
    counter.forEach((piece, count) -> pieces.add(new String(piece, UTF_8) + count));
    assertThat(pieces).containsExactly("b1", " a1", " b1", "c1");
    assertThat(counter.piece(1)).isEqualTo(" a".getBytes(UTF_8));
    assertThat(counter.count(1)).isEqualTo(1);
  }

  /** The parts of a full counter, taken away and summed, are the whole. */
  @Test
  void stopsWhereItIsFullAndGoesOnWhenItIsCleared() {
    long seed = 58;
    Random random = new Random(seed);
    int limit = 20_000;
    PieceCounter bounded = new PieceCounter(Integer.MAX_VALUE, limit);
    PieceCounter whole = new PieceCounter();
    PieceCounter sum = new PieceCounter();
    int numFlushes = 0;
    for (int i = 0; i < 40; i++) {
      byte[] document = RandomText.brokenUtf8(random, 2_000);
      whole.add(document);
      int at = bounded.addFrom(document, 0);
      assertThat(bounded.memoryBytes()).isLessThanOrEqualTo(limit);
      while (at < document.length) {
        assertThat(bounded.distinctPieces()).isGreaterThan(100);
        bounded.forEach(sum::add);
        bounded.clear();
        numFlushes++;
        at = bounded.addFrom(document, at);
        assertThat(bounded.memoryBytes()).isLessThanOrEqualTo(limit);
      }
    }
    bounded.forEach(sum::add);
    assertThat(numFlushes).isGreaterThan(5);
    assertThat(contents(sum)).as("seed %d", seed).isEqualTo(contents(whole));
  }

  @Test
  void countsWhatItKnowsAlsoWhenItIsFull() {
    PieceCounter counter = new PieceCounter(Integer.MAX_VALUE, 1);
    byte[] document = "ab!ab!ab!cd".getBytes(UTF_8);
    // One piece fits always: "ab" is counted, "!" is not, and "ab" again is known.
    assertThat(counter.addFrom(document, 0)).isEqualTo(2);
    assertThat(counter.addFrom(document, 3)).isEqualTo(5);
    assertThat(contents(counter)).isEqualTo(Map.of("ab", 2L));
  }

  @Test
  void leavesLongPiecesOutAndCountsThem() {
    PieceCounter counter = new PieceCounter(4, Long.MAX_VALUE);
    counter.add("abcd abcd abc efghij efghij".getBytes(UTF_8));
    assertThat(contents(counter)).isEqualTo(Map.of("abcd", 1L, " abc", 1L));
    assertThat(counter.pieces()).isEqualTo(2);
    // " abcd" once and " efghij" twice.
    assertThat(counter.longPieces()).isEqualTo(3);
    assertThat(counter.longPieceBytes()).isEqualTo(5 + 7 + 7);
    PieceCounter merged = new PieceCounter();
    merged.merge(counter);
    assertThat(merged.longPieces()).isEqualTo(3);
    assertThat(merged.longPieceBytes()).isEqualTo(19);
    counter.clear();
    assertThat(counter.longPieces()).isZero();
    assertThat(contents(counter)).isEmpty();
  }

  @Test
  void mergesPartsToTheWhole() {
    long seed = 56;
    Random random = new Random(seed);
    PieceCounter whole = new PieceCounter();
    PieceCounter[] parts = {new PieceCounter(), new PieceCounter(), new PieceCounter()};
    for (int i = 0; i < 300; i++) {
      byte[] document = RandomText.brokenUtf8(random, 30);
      whole.add(document);
      parts[random.nextInt(3)].add(document);
    }
    PieceCounter merged = new PieceCounter();
    for (PieceCounter part : parts) {
      Map<String, Long> before = contents(part);
      merged.merge(part);
      assertThat(contents(part)).isEqualTo(before);
    }
    assertThat(contents(merged)).as("seed %d", seed).isEqualTo(contents(whole));
    assertThat(merged.pieces()).isEqualTo(whole.pieces());
  }

  @Test
  void mergesWithItself() {
    PieceCounter counter = counter("one two two");
    counter.merge(counter);
    assertThat(contents(counter)).isEqualTo(Map.of("one", 2L, " two", 4L));
  }

  @Test
  void carriesItsContentsThroughPiecesAndCounts() {
    PieceCounter counter = new PieceCounter();
    counter.add(RandomText.brokenUtf8(new Random(57), 3_000));
    PieceCounter copy = new PieceCounter();
    counter.forEach(copy::add);
    assertThat(contents(copy)).isEqualTo(contents(counter));
    assertThat(copy.pieces()).isEqualTo(counter.pieces());
  }

  @Test
  void countsBeyond32Bits() {
    PieceCounter counter = new PieceCounter();
    counter.add("the".getBytes(UTF_8), 3_000_000_000L);
    counter.add("the".getBytes(UTF_8), 3_000_000_000L);
    assertThat(contents(counter)).isEqualTo(Map.of("the", 6_000_000_000L));
  }

  @Test
  void failsRatherThanWrapItsCounts() {
    PieceCounter counter = new PieceCounter();
    counter.add("the".getBytes(UTF_8), Long.MAX_VALUE);
    assertThatThrownBy(() -> counter.add("the".getBytes(UTF_8)))
        .isInstanceOf(ArithmeticException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "a1", "<|endoftext|>", "  x", "it's"})
  void refusesPiecesThatTheRuleCuts(String piece) {
    assertThatThrownBy(() -> new PieceCounter().add(piece.getBytes(UTF_8), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid piece [");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void refusesCountsThatAreNotPositive(long count) {
    assertThatThrownBy(() -> new PieceCounter().add("a".getBytes(UTF_8), count))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid count [" + count + "]");
  }

  private static PieceCounter counter(String... documents) {
    PieceCounter counter = new PieceCounter();
    for (String document : documents) {
      counter.add(document.getBytes(UTF_8));
    }
    return counter;
  }

  private static Map<String, Long> contents(PieceCounter counter) {
    Map<String, Long> contents = new LinkedHashMap<>();
    counter.forEach((piece, count) -> contents.put(new String(piece, ISO_8859_1), count));
    return contents;
  }
}
