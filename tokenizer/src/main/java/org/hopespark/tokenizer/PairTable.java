// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * Pairs of ids while a tokenizer is trained: how often each occurs now, and the words it has
 * occurred in. Pairs are numbered in the order of their appearance.
 */
final class PairTable {
  private static final int NO_PAIR = -1;
  private static final int[] NO_WORDS = {};

  private int[] slots;
  private int shift;
  private long[] pairs = new long[1 << 10];
  private long[] counts = new long[1 << 10];
  private int[][] words = new int[1 << 10][];
  private int[] numWords = new int[1 << 10];
  private int numPairs;

  PairTable() {
    allocateSlots(1 << 12);
  }

  int size() {
    return numPairs;
  }

  long pair(int number) {
    return pairs[number];
  }

  long count(int number) {
    return counts[number];
  }

  /** Number of words that {@link #word} knows of a pair; some may have lost it since. */
  int numWords(int number) {
    return numWords[number];
  }

  int word(int number, int index) {
    return words[number][index];
  }

  /** Adds occurrences of a pair in a word; the same word has to come in one go. */
  void add(long pair, long count, int word) {
    int number = numberOf(pair);
    counts[number] += count;
    int last = numWords[number] - 1;
    if (last < 0 || words[number][last] != word) {
      appendWord(number, word);
    }
  }

  /**
   * Announces that a pair will be added for so many words at most, so that the list of a frequent
   * one need not be copied while it grows.
   */
  void expect(long pair) {
    int number = numberOf(pair);
    numWords[number]++;
  }

  /** Allocates what was announced. */
  void allocateExpected() {
    for (int number = 0; number < numPairs; number++) {
      words[number] = new int[numWords[number]];
      numWords[number] = 0;
    }
  }

  void subtract(long pair, long count) {
    int number = numberOf(pair);
    counts[number] -= count;
  }

  /** Forgets a pair that has merged: it occurs no more, and neither are its words needed. */
  void remove(int number) {
    counts[number] = 0;
    words[number] = NO_WORDS;
    numWords[number] = 0;
  }

  private void appendWord(int number, int word) {
    int size = numWords[number]++;
    if (size == words[number].length) {
      words[number] = Arrays.copyOf(words[number], Math.max(2, size + (size >> 1)));
    }
    words[number][size] = word;
  }

  private int numberOf(long pair) {
    int slot = slot(pair);
    if (slots[slot] != NO_PAIR) {
      return slots[slot];
    }

    if (numPairs == pairs.length) {
      int capacity = numPairs + (numPairs >> 1);
      pairs = Arrays.copyOf(pairs, capacity);
      counts = Arrays.copyOf(counts, capacity);
      words = Arrays.copyOf(words, capacity);
      numWords = Arrays.copyOf(numWords, capacity);
    }
    int number = numPairs++;
    slots[slot] = number;
    pairs[number] = pair;
    words[number] = NO_WORDS;
    growSlots();
    return number;
  }

  private int slot(long pair) {
    int slot = Pairs.slot(pair, shift);
    while (slots[slot] != NO_PAIR && pairs[slots[slot]] != pair) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private void growSlots() {
    if (numPairs * 2L <= slots.length) {
      return;
    }

    allocateSlots(slots.length * 2);
    for (int number = 0; number < numPairs; number++) {
      slots[slot(pairs[number])] = number;
    }
  }

  private void allocateSlots(int size) {
    slots = new int[size];
    Arrays.fill(slots, NO_PAIR);
    shift = Long.SIZE - Integer.numberOfTrailingZeros(size);
  }
}
