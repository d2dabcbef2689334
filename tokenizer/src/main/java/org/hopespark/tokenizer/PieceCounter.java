// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.util.Arrays;

/**
 * Counts the pieces of documents. Counters of parts of a corpus merge into the counter of the
 * whole.
 *
 * <p>An open-addressing table over one slab that holds the bytes of all distinct pieces. It may be
 * given a limit of memory: whoever fills it then takes its counts elsewhere, clears it and goes on
 * where it stopped. Not safe from several threads: one counter each, merged at the end.
 */
public final class PieceCounter {
  private static final int NO_PIECE = -1;
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;
  private static final int FIRST_SLOTS = 1 << 10;
  private static final int BYTES_PER_PIECE = Integer.BYTES + Long.BYTES;

  private final int maxPieceBytes;
  private final long maxMemoryBytes;

  /** Twice the number of pieces at least, so that a probe stays short. */
  private int[] slots = emptySlots(FIRST_SLOTS);

  private byte[] slab = new byte[1 << 12];
  private int[] ends = new int[1 << 8];
  private long[] counts = new long[1 << 8];
  private int numPieces;
  private long total;
  private long longPieces;
  private long longPieceBytes;

  /** Counts every piece, whatever its length, in as much memory as it takes. */
  public PieceCounter() {
    this(Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * @param maxPieceBytes longer pieces are left out and counted apart, at least 1
   * @param maxMemoryBytes what the tables may take, also while they grow; one piece fits always
   */
  public PieceCounter(int maxPieceBytes, long maxMemoryBytes) {
    this.maxPieceBytes = maxPieceBytes;
    this.maxMemoryBytes = maxMemoryBytes;
  }

  /** Splits a document and counts its pieces, past the limit of memory if need be. */
  public void add(byte[] utf8Document) {
    int at = 0;
    while (at < utf8Document.length) {
      int end = PieceSplitter.pieceEnd(utf8Document, at, utf8Document.length);
      count(utf8Document, at, end, 1);
      at = end;
    }
  }

  /**
   * Counts the pieces of a document while the limit of memory lets it.
   *
   * @param from 0, or where an earlier call on this document stopped
   * @return where it stopped: the document's length when all is counted
   */
  public int addFrom(byte[] utf8Document, int from) {
    int at = from;
    while (at < utf8Document.length) {
      int end = PieceSplitter.pieceEnd(utf8Document, at, utf8Document.length);
      if (!hasRoom(end - at) && slots[slot(utf8Document, at, end)] == NO_PIECE) {
        return at;
      }
      count(utf8Document, at, end, 1);
      at = end;
    }
    return at;
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
    long othersLong = other.longPieces;
    long othersLongBytes = other.longPieceBytes;
    for (int piece = 0; piece < numOthers; piece++) {
      count(other.slab, other.start(piece), other.ends[piece], other.counts[piece]);
    }
    longPieces += othersLong;
    longPieceBytes += othersLongBytes;
  }

  /** Gives every distinct piece once, in the order in which they were first seen. */
  public void forEach(PieceConsumer consumer) {
    for (int piece = 0; piece < numPieces; piece++) {
      consumer.accept(piece(piece), counts[piece]);
    }
  }

  /** Bytes of the distinct piece of this number, from 0 in the order in which they were seen. */
  public byte[] piece(int number) {
    return Arrays.copyOfRange(slab, start(number), ends[number]);
  }

  /** Occurrences of the distinct piece of this number. */
  public long count(int number) {
    return counts[number];
  }

  /** Number of different pieces, those left out excluded. */
  public int distinctPieces() {
    return numPieces;
  }

  /** Number of all pieces, repeated ones included, those left out excluded. */
  public long pieces() {
    return total;
  }

  /** Number of pieces that were left out because of their length. */
  public long longPieces() {
    return longPieces;
  }

  /** Bytes of the pieces that were left out. */
  public long longPieceBytes() {
    return longPieceBytes;
  }

  /** Forgets all counts and keeps the memory. */
  public void clear() {
    Arrays.fill(slots, NO_PIECE);
    numPieces = 0;
    total = 0;
    longPieces = 0;
    longPieceBytes = 0;
  }

  /** Bytes that the tables take now. */
  long memoryBytes() {
    return slab.length + (long) BYTES_PER_PIECE * ends.length + (long) Integer.BYTES * slots.length;
  }

  /** Whether a new piece fits; what grows is copied, so it counts twice. */
  private boolean hasRoom(int length) {
    if (maxMemoryBytes == Long.MAX_VALUE || numPieces == 0 || length > maxPieceBytes) {
      return true;
    }

    long required = memoryBytes();
    long end = (long) start(numPieces) + length;
    if (end > slab.length) {
      required += Math.max(end, grown(slab.length, 0));
    }
    if (numPieces == ends.length) {
      required += (long) BYTES_PER_PIECE * grown(numPieces, 0);
    }
    if ((numPieces + 1) * 2L > slots.length) {
      required += 2L * Integer.BYTES * slots.length;
    }
    return required <= maxMemoryBytes;
  }

  private void count(byte[] text, int from, int to, long count) {
    if (to - from > maxPieceBytes) {
      longPieces = Math.addExact(longPieces, count);
      longPieceBytes = Math.addExact(longPieceBytes, Math.multiplyExact(to - from, count));
      return;
    }

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

  /** Half as much again, as far as arrays go. */
  private static int grown(int size, int required) {
    return Math.max(required, (int) Math.min(LARGEST_ARRAY, size * 3L / 2));
  }

  private static int[] emptySlots(int size) {
    int[] slots = new int[size];
    Arrays.fill(slots, NO_PIECE);
    return slots;
  }
}
