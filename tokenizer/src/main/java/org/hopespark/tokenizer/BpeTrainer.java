// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
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
  private final List<byte[]> tokens = new ArrayList<>();
  private final int[] byteIds = new int[ByteAlphabet.SIZE];

  /** Ids of special tokens by the characters of the bytes that would spell them. */
  private final Map<String, Integer> spellings = new HashMap<>();

  /** Null once it was trained on them: they may be most of the heap. */
  private TrainingWords words = new TrainingWords();

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

    MergeLearner learner =
        new MergeLearner(
            words,
            tokens,
            new MergeLearner.Limits(vocabularySize, minFrequency, maxTokenLength),
            specialTokens,
            spellings);
    words = null;
    List<Merge> merges = learner.learn(listener);
    largestPairCount = learner.largestPairCount();
    BitSet special = new BitSet();
    special.set(0, specialTokens.size());
    return new ByteLevelTokenizer(new Vocabulary(tokens, special), merges);
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
}
