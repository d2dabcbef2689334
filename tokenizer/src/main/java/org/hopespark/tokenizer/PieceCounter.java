// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Counts the pieces of documents. Counters of parts of a corpus merge into the counter of the
 * whole.
 *
 * <p>An open-addressing table over one slab that holds the bytes of all distinct pieces. Not safe
 * from several threads: one counter each, merged at the end.
 */
public final class PieceCounter {
  private static final int NO_PIECE = -1;

  /** Twice the number of pieces at least, so that a probe stays short. */
  private int[] slots = emptySlots(1 << 10);

  private byte[] slab = new byte[1 << 12];
  private int[] ends = new int[1 << 8];
  private long[] counts = new long[1 << 8];
  private int numPieces;
  private long total;

  /** Splits a document and counts its pieces; a document is split on its own. */
  public void add(byte[] utf8Document) {
    int at = 0;
    while (at < utf8Document.length) {
      int end = PieceSplitter.pieceEnd(utf8Document, at, utf8Document.length);
      count(utf8Document, at, end, 1);
      at = end;
    }
  }

  /**
   * Adds a piece that another counter found.
   *
   * @throws IllegalArgumentException if these bytes are not one piece, or the count is not positive
   */
  public void add(byte[] piece, long count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "Invalid count ["
              + count
              + "]: it has to be positive. Leave pieces that do not occur out.");
    }
    if (piece.length == 0 || PieceSplitter.pieceEnd(piece, 0, piece.length) != piece.length) {
      throw new IllegalArgumentException(
          "Invalid piece [%s]: the splitting rule cuts it. Add documents without a count."
              .formatted(ByteAlphabet.toText(piece)));
    }
    count(piece, 0, piece.length, count);
  }

  /** Adds all that another counter, which is not altered, has counted. */
  public void merge(PieceCounter other) {
    int numOthers = other.numPieces;
    for (int piece = 0; piece < numOthers; piece++) {
      count(other.slab, other.start(piece), other.ends[piece], other.counts[piece]);
    }
  }

  /** Gives every distinct piece once, sorted by its bytes as unsigned values. */
  public void forEach(PieceConsumer consumer) {
    IntStream.range(0, numPieces)
        .boxed()
        .sorted(this::compareBytes)
        .forEach(
            piece ->
                consumer.accept(
                    Arrays.copyOfRange(slab, start(piece), ends[piece]), counts[piece]));
  }

  /** Number of different pieces. */
  public int distinctPieces() {
    return numPieces;
  }

  /** Number of all pieces, repeated ones included. */
  public long pieces() {
    return total;
  }

  private void count(byte[] text, int from, int to, long count) {
    int slot = slot(text, from, to);
    if (slots[slot] == NO_PIECE) {
      slots[slot] = append(text, from, to);
      counts[slots[slot]] = count;
      growSlots();
    } else {
      counts[slots[slot]] = Math.addExact(counts[slots[slot]], count);
    }
    total = Math.addExact(total, count);
  }

  /** The slot that holds this piece, or the empty one where it belongs. */
  private int slot(byte[] text, int from, int to) {
    int mask = slots.length - 1;
    int slot = Bytes.hash(text, from, to) & mask;
    while (slots[slot] != NO_PIECE && !isPiece(slots[slot], text, from, to)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean isPiece(int piece, byte[] text, int from, int to) {
    return Arrays.equals(slab, start(piece), ends[piece], text, from, to);
  }

  private int append(byte[] text, int from, int to) {
    int start = start(numPieces);
    int end = Math.addExact(start, to - from);
    if (end > slab.length) {
      slab = Arrays.copyOf(slab, grown(slab.length, end));
    }
    if (numPieces == ends.length) {
      ends = Arrays.copyOf(ends, grown(numPieces, numPieces + 1));
      counts = Arrays.copyOf(counts, ends.length);
    }
    System.arraycopy(text, from, slab, start, to - from);
    ends[numPieces] = end;
    return numPieces++;
  }

  private void growSlots() {
    if (numPieces * 2L <= slots.length || slots.length == 1 << 30) {
      return;
    }

    slots = emptySlots(slots.length * 2);
    for (int piece = 0; piece < numPieces; piece++) {
      slots[slot(slab, start(piece), ends[piece])] = piece;
    }
  }

  private int start(int piece) {
    return piece == 0 ? 0 : ends[piece - 1];
  }

  private int compareBytes(int left, int right) {
    return Arrays.compareUnsigned(slab, start(left), ends[left], slab, start(right), ends[right]);
  }

  /** Half as much again, as far as arrays go. */
  private static int grown(int size, int required) {
    int largest = Integer.MAX_VALUE - 8;
    return Math.max(required, (int) Math.min(largest, size * 3L / 2));
  }

  private static int[] emptySlots(int size) {
    int[] slots = new int[size];
    Arrays.fill(slots, NO_PIECE);
    return slots;
  }
}
