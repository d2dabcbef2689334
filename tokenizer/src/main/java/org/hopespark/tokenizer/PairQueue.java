// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * Numbers of pairs in the trainer's order: the largest count first, of equal ones the smaller left
 * id, then the smaller right id. A binary heap on flat arrays; counts are those of the time when a
 * pair was offered.
 */
final class PairQueue {
  private final PairTable pairs;
  private long[] counts = new long[1 << 10];
  private int[] numbers = new int[1 << 10];
  private int size;

  PairQueue(PairTable pairs) {
    this.pairs = pairs;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Count that the first pair was offered with; the queue must not be empty. */
  long firstCount() {
    return counts[0];
  }

  /** Number of the first pair; the queue must not be empty. */
  int firstNumber() {
    return numbers[0];
  }

  void offer(int number, long count) {
    if (size == numbers.length) {
      int capacity = size + (size >> 1);
      counts = Arrays.copyOf(counts, capacity);
      numbers = Arrays.copyOf(numbers, capacity);
    }

    int at = size++;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (!isBefore(count, number, parent)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    set(at, number, count);
  }

  /** Takes the first pair out. */
  void removeFirst() {
    size--;
    sink(numbers[size], counts[size]);
  }

  /** Gives the first pair a smaller count, and its place by it. */
  void lowerFirst(long count) {
    sink(numbers[0], count);
  }

  /** Puts a pair at the top and lets it sink to its place. */
  private void sink(int number, long count) {
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && isBefore(counts[child + 1], numbers[child + 1], child)) {
        child++;
      }
      if (isBefore(count, number, child)) {
        break;
      }
      move(child, at);
      at = child;
    }
    set(at, number, count);
  }

  private boolean isBefore(long count, int number, int other) {
    return count != counts[other]
        ? count > counts[other]
        : pairs.pair(number) < pairs.pair(numbers[other]);
  }

  private void move(int from, int to) {
    counts[to] = counts[from];
    numbers[to] = numbers[from];
  }

  private void set(int at, int number, long count) {
    counts[at] = count;
    numbers[at] = number;
  }
}
