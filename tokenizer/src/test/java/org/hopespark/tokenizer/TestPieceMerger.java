// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every merger against the definition, under random tables of merges over three letters. */
class TestPieceMerger {
  private static final int NUM_TABLES = 400;
  private static final int NUM_PIECES = 25;

  @Test
  void everyMergerAgreesWithTheDefinitionWhereMergesAreInOrder() {
    long seed = 201;
    Random random = new Random(seed);
    for (int trial = 0; trial < NUM_TABLES; trial++) {
      RandomTable table = new RandomTable(random, false);
      assertThat(table.merges().isInOrder()).isTrue();
      table.checkAll(random, "seed %d, table %d".formatted(seed, trial));
    }
  }

  @Test
  void everyMergerAgreesWithTheDefinitionWhereATokenMergesBeforeItIsMade() {
    long seed = 202;
    Random random = new Random(seed);
    int numOutOfOrder = 0;
    for (int trial = 0; trial < NUM_TABLES; trial++) {
      RandomTable table = new RandomTable(random, true);
      numOutOfOrder += table.merges().isInOrder() ? 0 : 1;
      table.checkAll(random, "seed %d, table %d".formatted(seed, trial));
    }
    assertThat(numOutOfOrder).isGreaterThan(NUM_TABLES / 2);
  }

  @Test
  void theLastOfEqualPairsCounts() {
    RandomTable table = new RandomTable(new Random(203), false);
    Merge first = new Merge(0, 1, table.join(0, 1));
    Merge second = new Merge(1, 2, table.join(1, 2));
    MergeTable merges = new MergeTable(List.of(first, second, first));
    assertThat(MergeTable.rank(merges.step(0, 1))).isEqualTo(2);
    assertThat(MergeTable.rank(merges.step(1, 2))).isEqualTo(1);
    assertThat(merges.step(2, 2)).isEqualTo(MergeTable.NO_STEP);
  }

  @Test
  void aTokenThatItsBytesDoNotMergeToIsNoWholePiece() {
    // Bytes x, y, z and merges yz, then xy, xyz = xy + z: of x y z, yz merges first, and xyz is
    // never made; but x y alone is.
    RandomTable table = new RandomTable(new Random(204), false);
    table.merges.clear();
    table.merges.add(new Merge('y', 'z', table.join('y', 'z')));
    table.merges.add(new Merge('x', 'y', table.join('x', 'y')));
    int xyz = table.join(table.join('x', 'y'), 'z');
    table.merges.add(new Merge(table.join('x', 'y'), 'z', xyz));
    byte[] piece = {'x', 'y', 'z'};
    assertThat(table.whole(false).find(PieceKey.low(piece, 0, 3), PieceKey.high(piece, 0, 3)))
        .isEqualTo(WholePieces.NONE);
    assertThat(table.whole(true).find(PieceKey.low(piece, 0, 3), PieceKey.high(piece, 0, 3)))
        .isEqualTo(xyz);
    assertThat(table.whole(false).find(PieceKey.low(piece, 0, 2), PieceKey.high(piece, 0, 2)))
        .isEqualTo(table.join('x', 'y'));
  }

  @Test
  void aKeyIsTheSameAtTheEndOfAnArrayAndInTheMiddle() {
    Random random = new Random(205);
    for (int length = 1; length <= PieceKey.MAX_BYTES; length++) {
      byte[] alone = new byte[length];
      random.nextBytes(alone);
      byte[] amidst = new byte[length + 40];
      random.nextBytes(amidst);
      System.arraycopy(alone, 0, amidst, 7, length);
      assertThat(PieceKey.low(alone, 0, length)).isEqualTo(PieceKey.low(amidst, 7, length));
      assertThat(PieceKey.high(alone, 0, length)).isEqualTo(PieceKey.high(amidst, 7, length));
    }
  }

  @Test
  void keysTellAZeroByteFromNoByte() {
    byte[] zeros = new byte[16];
    for (int length = 1; length < PieceKey.MAX_BYTES; length++) {
      assertThat(PieceKey.high(zeros, 0, length)).isNotEqualTo(PieceKey.high(zeros, 0, length + 1));
    }
  }

  /** All 256 bytes, whose ids are their values, and up to 40 merges of tokens made of a, b, c. */
  private static final class RandomTable {
    private final List<byte[]> tokens = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<Merge> merges = new ArrayList<>();

    RandomTable(Random random, boolean shuffled) {
      for (int value = 0; value < 256; value++) {
        tokens.add(new byte[] {(byte) value});
      }
      List<Integer> parts = new ArrayList<>(List.of((int) 'a', (int) 'b', (int) 'c'));
      for (int i = random.nextInt(40); i >= 0; i--) {
        int left = parts.get(random.nextInt(parts.size()));
        int right = parts.get(random.nextInt(parts.size()));
        String text = text(left) + text(right);
        if (text.length() <= 12 && !ids.containsKey(text)) {
          merges.add(new Merge(left, right, join(left, right)));
          parts.add(ids.get(text));
        }
      }
      if (shuffled) {
        Collections.shuffle(merges, random);
      }
    }

    int join(int left, int right) {
      return ids.computeIfAbsent(
          text(left) + text(right),
          text -> {
            tokens.add(ByteAlphabet.toBytes(text));
            return tokens.size() - 1;
          });
    }

    MergeTable merges() {
      return new MergeTable(merges);
    }

    WholePieces whole(boolean ignoreMerges) {
      return new WholePieces(vocabulary(), merges(), ignoreMerges);
    }

    void checkAll(Random random, String trial) {
      MergeTable table = merges();
      PieceMerger merger = new PieceMerger(vocabulary(), table);
      HeapMerger byHeap = new HeapMerger(vocabulary(), table);
      PassMerger byPass = new PassMerger(vocabulary(), table);
      PieceEncoder encoder = new PieceEncoder(SplitRule.GPT2, vocabulary(), table, whole(false));
      for (int i = 0; i < NUM_PIECES; i++) {
        byte[] piece = new byte[1 + random.nextInt(2 * PieceMerger.SHORT_BYTES)];
        for (int at = 0; at < piece.length; at++) {
          piece[at] = (byte) ('a' + random.nextInt(3));
        }
        List<Integer> expected = naive(piece);
        IdBuffer out = new IdBuffer(4);
        merger.merge(piece, 0, piece.length, out);
        assertThat(Golden.list(out.toArray())).as(trial).isEqualTo(expected);
        out.clear();
        byHeap.merge(piece, 0, piece.length, out);
        assertThat(Golden.list(out.toArray())).as("%s, heap", trial).isEqualTo(expected);
        for (int time = 0; time < 2; time++) {
          out.clear();
          encoder.encode(piece, 0, piece.length, out);
          assertThat(Golden.list(out.toArray())).as("%s, encoder", trial).isEqualTo(expected);
        }
        if (table.isInOrder()) {
          out.clear();
          byPass.merge(piece, 0, piece.length, out);
          assertThat(Golden.list(out.toArray())).as("%s, passes", trial).isEqualTo(expected);
        }
      }
    }

    private Vocabulary vocabulary() {
      List<byte[]> all = new ArrayList<>(tokens);
      all.add(Vocabulary.END_OF_TEXT.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      BitSet special = new BitSet();
      special.set(all.size() - 1);
      return new Vocabulary(all, special);
    }

    private List<Integer> naive(byte[] piece) {
      List<Integer> row = new ArrayList<>();
      for (byte value : piece) {
        row.add(value & 0xFF);
      }
      while (true) {
        int best = -1;
        int bestRank = Integer.MAX_VALUE;
        for (int i = 0; i + 1 < row.size(); i++) {
          for (int rank = 0; rank < Math.min(bestRank, merges.size()); rank++) {
            Merge merge = merges.get(rank);
            if (merge.left() == row.get(i) && merge.right() == row.get(i + 1)) {
              best = i;
              bestRank = rank;
            }
          }
        }
        if (best < 0) {
          return row;
        }
        row.set(best, merges.get(bestRank).result());
        row.remove(best + 1);
      }
    }

    private String text(int id) {
      return ByteAlphabet.toText(tokens.get(id));
    }
  }
}
