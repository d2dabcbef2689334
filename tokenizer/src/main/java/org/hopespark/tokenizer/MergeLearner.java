// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Learns merges from words, one after the other: the most frequent pair of neighbours becomes a
 * token, and the counts of the pairs around it change. Learns once.
 */
final class MergeLearner {
  /**
   * When to stop, and what not to merge.
   *
   * @param vocabularySize number of ids to reach
   * @param minFrequency pairs that occur less often do not merge
   * @param maxTokenLength tokens of more than two bytes are shorter
   */
  record Limits(int vocabularySize, long minFrequency, int maxTokenLength) {}

  private final TrainingWords words;
  private final List<byte[]> tokens;
  private final Limits limits;
  private final List<String> specialTokens;
  private final Map<String, Integer> spellings;
  private final PairTable pairs = new PairTable();
  private final PairQueue queue = new PairQueue(pairs);
  private final List<Merge> merges = new ArrayList<>();

  /** By id, the number of bytes of the text that a token stands for in a word. */
  private final int[] lengths;

  private long largestPairCount;

  /**
   * @param tokens bytes of the first ids, of special tokens their text; those of merges are added
   * @param spellings ids of special tokens by the characters of the bytes that would spell them
   */
  MergeLearner(
      TrainingWords words,
      List<byte[]> tokens,
      Limits limits,
      List<String> specialTokens,
      Map<String, Integer> spellings) {
    this.words = words;
    this.tokens = tokens;
    this.limits = limits;
    this.specialTokens = specialTokens;
    this.spellings = spellings;
    lengths = new int[limits.vocabularySize()];
    Arrays.fill(lengths, 0, tokens.size(), 1);
  }

  /** The merges, in their order. */
  List<Merge> learn(MergeListener listener) {
    int mostMerges = limits.vocabularySize() - tokens.size();
    countPairs();
    while (tokens.size() < limits.vocabularySize() && !queue.isEmpty()) {
      long count = pairs.count(queue.firstNumber());
      if (count == queue.firstCount()) {
        merge(queue.firstNumber());
        listener.merged(merges.size(), mostMerges, count);
      } else if (isFrequent(count)) {
        // Other merges have taken some of its occurrences since it was offered.
        queue.lowerFirst(count);
      } else {
        queue.removeFirst();
      }
    }
    return merges;
  }

  /** Occurrences of the most frequent pair of bytes. */
  long largestPairCount() {
    return largestPairCount;
  }

  private void countPairs() {
    Announcement announcement = new Announcement();
    words.forEach(word -> words.forEachPair(word, announcement));
    pairs.allocateExpected();
    WordChange change = new WordChange();
    words.forEach(
        word -> {
          change.start(word);
          words.forEachPair(word, change);
        });
    for (int number = 0; number < pairs.size(); number++) {
      largestPairCount = Math.max(largestPairCount, pairs.count(number));
    }
    offerFrom(0);
  }

  private void merge(int number) {
    queue.removeFirst();
    Merge merge = addMerge(pairs.pair(number));

    // Every pair that appears holds the result's id, which no word has held before, so it is new as
    // well. (A joined string is never among the merged tokens already: no merge has crossed the
    // borders of either occurrence, hence both had the same merges inside.)
    int firstNew = pairs.size();
    WordChange change = new WordChange();
    for (int i = 0; i < pairs.numWords(number); i++) {
      int word = pairs.word(number, i);
      change.start(word);
      words.merge(word, pairs.pair(number), merge.result(), change);
    }
    pairs.remove(number);
    offerFrom(firstNew);
  }

  /** Gives the merge its id: a new one, or that of the special token it spells. */
  private Merge addMerge(long pair) {
    int left = Pairs.left(pair);
    int right = Pairs.right(pair);
    String spelling = spellings.isEmpty() ? "" : spelling(left) + spelling(right);
    Integer special = spellings.get(spelling);
    int result = special == null ? tokens.size() : special;
    if (special == null) {
      tokens.add(concatenate(ordinary(left), ordinary(right)));
    }
    lengths[result] = lengths[left] + lengths[right];
    Merge merge = new Merge(left, right, result);
    merges.add(merge);
    return merge;
  }

  private void offerFrom(int firstNumber) {
    for (int number = firstNumber; number < pairs.size(); number++) {
      if (isFrequent(pairs.count(number))) {
        queue.offer(number, pairs.count(number));
      }
    }
  }

  private boolean isFrequent(long count) {
    return count >= Math.max(1, limits.minFrequency());
  }

  private String spelling(int id) {
    return ByteAlphabet.toText(ordinary(id));
  }

  /** Bytes of text that a token stands for in a word, a special one that was spelt too. */
  private byte[] ordinary(int id) {
    return id < specialTokens.size() ? ByteAlphabet.toBytes(specialTokens.get(id)) : tokens.get(id);
  }

  private static byte[] concatenate(byte[] left, byte[] right) {
    byte[] joined = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, joined, left.length, right.length);
    return joined;
  }

  /** Lets the lists of words be allocated in one go. */
  private final class Announcement implements TrainingWords.PairListener {
    @Override
    public void appeared(long pair) {
      pairs.expect(pair);
    }

    @Override
    public void vanished(long pair) {
      throw new IllegalStateException("Nothing vanishes while pairs are counted");
    }
  }

  /** Carries the changes in one word over to the counts of pairs. */
  private final class WordChange implements TrainingWords.PairListener {
    private int word;
    private long count;

    void start(int nextWord) {
      this.word = nextWord;
      this.count = words.count(nextWord);
    }

    @Override
    public void appeared(long pair) {
      // A suppressed pair keeps no count, so it never merges; that of two bytes is not asked.
      if (limits.maxTokenLength() == Integer.MAX_VALUE || isShort(pair)) {
        pairs.add(pair, count, word);
      }
    }

    @Override
    public void vanished(long pair) {
      pairs.subtract(pair, count);
    }

    private boolean isShort(long pair) {
      int left = lengths[Pairs.left(pair)];
      int right = lengths[Pairs.right(pair)];
      return left + right == 2 || left + right < limits.maxTokenLength();
    }
  }
}
