// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/** A growing binary heap of longs, the smallest on top. */
final class LongHeap {
  private long[] values = new long[64];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void push(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }

    int at = size++;
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (values[parent] <= value) {
        break;
      }
      values[at] = values[parent];
      at = parent;
    }
    values[at] = value;
  }

  /** Takes the smallest value; the heap must not be empty. */
  long pop() {
    long top = values[0];
    long moved = values[--size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && values[child + 1] < values[child]) {
        child++;
      }
      if (values[child] >= moved) {
        break;
      }
      values[at] = values[child];
      at = child;
    }
    values[at] = moved;
    return top;
  }
}
