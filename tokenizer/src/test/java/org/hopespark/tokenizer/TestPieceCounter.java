// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
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
        .containsExactly(
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
  void sortsByUnsignedBytes() {
    PieceCounter counter = new PieceCounter();
    for (byte[] piece :
        new byte[][] {{(byte) 0xFF}, {'b'}, {'a', 'a'}, {'a'}, {(byte) 0xC3, (byte) 0xA9}, {0}}) {
      counter.add(piece);
    }
    List<byte[]> order = new ArrayList<>();
    counter.forEach((piece, count) -> order.add(piece));
    assertThat(order).hasSize(6);
    for (int i = 1; i < order.size(); i++) {
      assertThat(Arrays.compareUnsigned(order.get(i - 1), order.get(i))).isNegative();
    }
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
