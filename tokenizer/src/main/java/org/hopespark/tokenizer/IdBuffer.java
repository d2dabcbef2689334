// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/** A growing sequence of ids. */
final class IdBuffer {
  private int[] ids;
  private int size;

  IdBuffer(int capacity) {
    this.ids = new int[capacity];
  }

  void append(int[] more) {
    if (ids.length - size < more.length) {
      ids = Arrays.copyOf(ids, Math.max(size + more.length, ids.length + (ids.length >> 1)));
    }
    System.arraycopy(more, 0, ids, size, more.length);
    size += more.length;
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }
}
