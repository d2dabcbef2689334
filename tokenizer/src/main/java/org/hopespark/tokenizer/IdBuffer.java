// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * A growing sequence of ids that the caller owns and uses again, so that encoding many texts leaves
 * no garbage. Not safe from several threads.
 */
public final class IdBuffer extends IdBufferPadding {
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private int[] ids;
  private int size;

  public IdBuffer() {
    this(1 << 10);
  }

  IdBuffer(int capacity) {
    this.ids = new int[capacity];
  }

  /** Number of ids held. */
  public int size() {
    return size;
  }

  /** Id at a place in [0, {@link #size}). */
  public int get(int place) {
    if (place >= size) {
      throw new IndexOutOfBoundsException(place);
    }
    return ids[place];
  }

  /** Forgets all ids and keeps their room. */
  public void clear() {
    size = 0;
  }

  /** A copy of the ids. */
  public int[] toArray() {
    return Arrays.copyOf(ids, size);
  }

  void append(int id) {
    reserve(1);
    ids[size++] = id;
  }

  void append(int[] from, int start, int count) {
    reserve(count);
    System.arraycopy(from, start, ids, size, count);
    size += count;
  }

  /** Appends the first one to three of three ids: all are written, {@code count} of them stay. */
  void appendUpToThree(long firstTwo, int third, int count) {
    reserve(3);
    ids[size] = (int) firstTwo;
    ids[size + 1] = (int) (firstTwo >>> 32);
    ids[size + 2] = third;
    size += count;
  }

  /** Where the ids lie, from 0 to size; another array after the next append. */
  int[] array() {
    return ids;
  }

  private void reserve(int more) {
    if (ids.length - size < more) {
      long grown = Math.max((long) size + more, ids.length + (ids.length >> 1) + 16L);
      ids = Arrays.copyOf(ids, (int) Math.min(LARGEST, grown));
    }
  }
}
