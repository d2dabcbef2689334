// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Trains a byte-level BPE vocabulary with the ordering rules of Hugging Face's {@code BpeTrainer}
 * at its defaults (no minimum frequency), so that merges and ids are equal to its.
 *
 * <p>Ids: {@code <|endoftext|>} is 0, the 256 bytes follow by their characters, then one token per
 * merge. The most frequent pair of neighbours merges first; of equally frequent ones that with the
 * smaller left id, then the smaller right id. The result does not depend on the order of the
 * pieces. Counts have 64 bits here and 32 there: parity ends where a pair occurs 2^31 times.
 */
public final class BpeTrainer {
  /** The end-of-text token and the 256 bytes. */
  private static final int NUM_FIRST_IDS = 1 + ByteAlphabet.SIZE;

  private final List<byte[]> tokens = new ArrayList<>();
  private final List<Merge> merges = new ArrayList<>();
  private final PairTable pairs = new PairTable();
  private final PriorityQueue<Candidate> candidates = new PriorityQueue<>();
  private final TrainingWords words;

  private BpeTrainer(PieceCounter counts) {
    tokens.add(Vocabulary.END_OF_TEXT.getBytes(UTF_8));
    int[] byteIds = new int[ByteAlphabet.SIZE];
    for (byte value : ByteAlphabet.bytesByCharacter()) {
      byteIds[value & 0xFF] = tokens.size();
      tokens.add(new byte[] {value});
    }
    this.words = new TrainingWords(counts, byteIds);
  }

  /**
   * Trains a tokenizer.
   *
   * @param vocabularySize number of ids to reach, at least 257; the tokenizer has fewer where the
   *     pieces hold no more pairs
   * @throws InvalidTokenizerException if the size is too small
   */
  public static Tokenizer train(PieceCounter counts, int vocabularySize) {
    if (vocabularySize < NUM_FIRST_IDS) {
      throw new InvalidTokenizerException(
          "Invalid vocabulary size [%d]: 256 bytes and %s need %d ids. Give a larger size."
              .formatted(vocabularySize, Vocabulary.END_OF_TEXT, NUM_FIRST_IDS));
    }

    BpeTrainer trainer = new BpeTrainer(counts);
    trainer.countPairs();
    trainer.mergeUpTo(vocabularySize);
    BitSet special = new BitSet();
    special.set(0);
    return new Tokenizer(new Vocabulary(trainer.tokens, special), trainer.merges);
  }

  private void countPairs() {
    for (int word = 0; word < words.size(); word++) {
      words.forEachPair(word, new CountChange(word));
    }
    offerFrom(0);
  }

  private void mergeUpTo(int vocabularySize) {
    while (tokens.size() < vocabularySize && !candidates.isEmpty()) {
      Candidate top = candidates.poll();
      long count = pairs.count(top.number);
      if (count != top.count) {
        // Other merges have taken some of its occurrences since it was offered.
        offer(top.number);
        continue;
      }

      merge(top);
    }
  }

  private void merge(Candidate top) {
    Merge merge = new Merge(Pairs.left(top.pair), Pairs.right(top.pair), tokens.size());
    merges.add(merge);
    tokens.add(concatenate(tokens.get(merge.left()), tokens.get(merge.right())));

    // Every pair that appears holds the new id, so it is new as well. (A joined string is never in
    // the vocabulary already: no merge has crossed the borders of either occurrence, hence both had
    // the same merges inside; and no piece spells the special token.)
    int firstNew = pairs.size();
    for (int word : pairs.takeWords(top.number)) {
      words.merge(word, top.pair, merge.result(), new CountChange(word));
    }
    offerFrom(firstNew);
  }

  private void offerFrom(int firstNumber) {
    for (int number = firstNumber; number < pairs.size(); number++) {
      offer(number);
    }
  }

  private void offer(int number) {
    if (pairs.count(number) > 0) {
      candidates.add(new Candidate(pairs.count(number), pairs.pair(number), number));
    }
  }

  private static byte[] concatenate(byte[] left, byte[] right) {
    byte[] joined = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, joined, left.length, right.length);
    return joined;
  }

  /** Carries the changes in one word over to the counts of pairs. */
  private final class CountChange implements TrainingWords.PairListener {
    private final int word;
    private final long count;

    CountChange(int word) {
      this.word = word;
      this.count = words.count(word);
    }

    @Override
    public void appeared(long pair) {
      pairs.add(pair, count, word);
    }

    @Override
    public void vanished(long pair) {
      pairs.subtract(pair, count);
    }
  }

  /** A pair as it was when offered; the order of the queue is the trainer's rule. */
  private record Candidate(long count, long pair, int number) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      int byCount = Long.compare(other.count, count);
      return byCount != 0 ? byCount : Long.compare(pair, other.pair);
    }
  }
}
