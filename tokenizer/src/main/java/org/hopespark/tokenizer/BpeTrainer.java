// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trains a byte-level BPE vocabulary with the ordering rules of Hugging Face's {@code BpeTrainer}
 * (full byte alphabet, no prefix or suffix), so that merges and ids are equal to its.
 *
 * <p>Ids: {@code <|endoftext|>} is 0, further special tokens follow in the order given, then the
 * 256 bytes by their characters, then one token per merge. The most frequent pair of neighbours
 * merges first; of equally frequent ones that with the smaller left id, then the smaller right id.
 * The result does not depend on the order of the pieces. Counts have 64 bits here and 32 there:
 * parity ends where {@link #largestPairCount} passes 2^31 - 1.
 *
 * <p>Memory: four bytes per byte of the distinct pieces for their ids, as much again for the words
 * of every pair, and some fifty bytes per pair. One trainer trains once.
 */
public final class BpeTrainer {
  private final int vocabularySize;
  private final TrainingWords words = new TrainingWords();
  private final PairTable pairs = new PairTable();
  private final PairQueue queue = new PairQueue(pairs);
  private final List<byte[]> tokens = new ArrayList<>();
  private final List<Merge> merges = new ArrayList<>();
  private final int[] byteIds = new int[ByteAlphabet.SIZE];

  /** Ids of special tokens by the characters of the bytes that would spell them. */
  private final Map<String, Integer> spellings = new HashMap<>();

  /** By id, the number of bytes of the text that a token stands for in a word. */
  private int[] lengths;

  private List<String> specialTokens = List.of(Vocabulary.END_OF_TEXT);
  private long minFrequency;
  private int maxTokenLength = Integer.MAX_VALUE;
  private MergeListener listener = (merges, mostMerges, count) -> {};
  private long largestPairCount;

  /**
   * @param vocabularySize number of ids to reach, room for the bytes and the special tokens at
   *     least; the tokenizer has fewer where the pieces hold no more pairs
   */
  public BpeTrainer(int vocabularySize) {
    this.vocabularySize = vocabularySize;
    placeFirstIds();
  }

  /**
   * Trains a tokenizer with the defaults.
   *
   * @throws InvalidTokenizerException if the size is too small
   */
  public static Tokenizer train(PieceCounter counts, int vocabularySize) {
    BpeTrainer trainer = new BpeTrainer(vocabularySize);
    counts.forEach(trainer::add);
    return trainer.train();
  }

  /**
   * Special tokens behind {@code <|endoftext|>}. To be called before the first piece is added.
   *
   * <p>As in Hugging Face's trainer, a merge whose text is that of a special token gives its id and
   * not a new one. Ordinary text then holds special ids, so callers want tokens that no merge can
   * spell.
   *
   * @throws InvalidTokenizerException if one is empty, one byte's character, or there twice
   */
  public BpeTrainer specialTokens(List<String> further) {
    List<String> all = new ArrayList<>(specialTokens);
    all.addAll(further);
    Set<String> seen = new HashSet<>();
    for (String token : all) {
      if (!seen.add(token)) {
        throw new InvalidTokenizerException(
            "Invalid special token [%s]: it is there twice. Give each one once, and %s not at all."
                .formatted(token, Vocabulary.END_OF_TEXT));
      }

      byte[] spelled = ByteAlphabet.toBytes(token);
      if (spelled != null && spelled.length < 2) {
        throw new InvalidTokenizerException(
            "Invalid special token [%s]: one character is a byte's own token. Give two characters or more."
                .formatted(token));
      }
    }
    specialTokens = List.copyOf(all);
    placeFirstIds();
    return this;
  }

  /** Whether merges can spell a special token: ordinary text might then hold its id. */
  public static boolean isSpeltByText(String specialToken) {
    byte[] spelled = ByteAlphabet.toBytes(specialToken);
    if (spelled == null) {
      return false;
    }

    // Merges stay inside a piece, and what is part of one is one as well.
    PieceCounter counter = new PieceCounter();
    counter.add(spelled);
    return counter.pieces() <= 1;
  }

  /** Pairs that occur less often do not merge; default 0. */
  public BpeTrainer minFrequency(long frequency) {
    this.minFrequency = frequency;
    return this;
  }

  /**
   * A token from the third byte on is shorter than this: Hugging Face's {@code max_token_length},
   * with its strict comparison.
   */
  public BpeTrainer maxTokenLength(int bytes) {
    this.maxTokenLength = bytes;
    return this;
  }

  /** Who is told of every merge. */
  public BpeTrainer listener(MergeListener mergeListener) {
    this.listener = mergeListener;
    return this;
  }

  /** Adds occurrences of a piece, which another call may have added already. */
  public void add(byte[] piece, long count) {
    if (piece.length > 1) {
      words.add(piece, count, byteIds);
    }
  }

  /**
   * Learns the merges of all pieces added.
   *
   * @throws InvalidTokenizerException if the vocabulary has no room for the first ids
   */
  public Tokenizer train() {
    int numFirstIds = tokens.size();
    if (vocabularySize < numFirstIds) {
      throw new InvalidTokenizerException(
          "Invalid vocabulary size [%d]: 256 bytes and %s need %d ids. Give a larger size."
              .formatted(vocabularySize, String.join(", ", specialTokens), numFirstIds));
    }

    lengths = new int[vocabularySize];
    Arrays.fill(lengths, 0, numFirstIds, 1);
    countPairs();
    while (tokens.size() < vocabularySize && !queue.isEmpty()) {
      long count = pairs.count(queue.firstNumber());
      if (count == queue.firstCount()) {
        merge(queue.firstNumber());
        listener.merged(merges.size(), vocabularySize - numFirstIds, count);
      } else if (isFrequent(count)) {
        // Other merges have taken some of its occurrences since it was offered.
        queue.lowerFirst(count);
      } else {
        queue.removeFirst();
      }
    }

    BitSet special = new BitSet();
    special.set(0, specialTokens.size());
    return new Tokenizer(new Vocabulary(tokens, special), merges);
  }

  /** Occurrences of the most frequent pair of bytes; no pair of tokens has more. */
  public long largestPairCount() {
    return largestPairCount;
  }

  private void placeFirstIds() {
    tokens.clear();
    spellings.clear();
    for (String token : specialTokens) {
      byte[] spelled = ByteAlphabet.toBytes(token);
      if (spelled != null) {
        spellings.put(token, tokens.size());
      }
      tokens.add(token.getBytes(UTF_8));
    }
    for (byte value : ByteAlphabet.bytesByCharacter()) {
      byteIds[value & 0xFF] = tokens.size();
      tokens.add(new byte[] {value});
    }
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
    return count >= Math.max(1, minFrequency);
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
      if (maxTokenLength == Integer.MAX_VALUE || isShort(pair)) {
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
      return left + right == 2 || left + right < maxTokenLength;
    }
  }
}
