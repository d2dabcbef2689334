// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.hopespark.tokenizer.PieceCounter;

/**
 * Documents of one partition in, (key, count) rows out, as {@link Counted} says. Where the counter
 * is full, its counts are handed on, piece by piece, and it starts anew, in the middle of a
 * document too: memory is bounded whatever a partition holds, and the sums are the same.
 */
final class PieceCounts implements Iterator<Row> {
  private final Iterator<Row> documents;
  private final DomainSample sample;
  private final PieceCounter counter;
  private final Map<String, Long> documentsByDomain = new TreeMap<>();
  private final Map<String, Long> bytesByDomain = new TreeMap<>();
  private long longPieces;
  private long longPieceBytes;

  /** The document that is being counted, and how far that is done. */
  private byte[] text = {};

  private int counted;

  /** Pieces of the counter that are handed on already, and how many there are to hand on. */
  private int handedOn;

  private int numPieces;

  /** The rows behind all pieces; null before these have ended. */
  private Deque<Row> tallies;

  /**
   * @param documents id, domain and text as UTF-8
   */
  PieceCounts(Iterator<Row> documents, DomainSample sample, PieceCounter counter) {
    this.documents = documents;
    this.sample = sample;
    this.counter = counter;
  }

  @Override
  public boolean hasNext() {
    if (handedOn == numPieces && tallies == null) {
      counter.clear();
      handedOn = 0;
      fill();
      numPieces = counter.distinctPieces();
      longPieces += counter.longPieces();
      longPieceBytes += counter.longPieceBytes();
      if (numPieces == 0) {
        tallies = tallies();
      }
    }

    return handedOn < numPieces || !tallies.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }

    if (handedOn == numPieces) {
      return tallies.remove();
    }

    byte[] piece = counter.piece(handedOn);
    return RowFactory.create(Counted.PIECE.key(piece), counter.count(handedOn++));
  }

  /** Counts until the counter is full or no text is left. */
  private void fill() {
    while (counted < text.length || open()) {
      counted = counter.addFrom(text, counted);
      if (counted < text.length) {
        return;
      }
    }
  }

  /** Takes the next document of the sample, if there is one. */
  private boolean open() {
    while (documents.hasNext()) {
      Row document = documents.next();
      String domain = document.getString(1);
      if (sample.keeps(document.getString(0), domain)) {
        text = (byte[]) document.get(2);
        counted = 0;
        documentsByDomain.merge(domain, 1L, Long::sum);
        bytesByDomain.merge(domain, (long) text.length, Long::sum);
        return true;
      }
    }

    return false;
  }

  private Deque<Row> tallies() {
    Deque<Row> rows = new ArrayDeque<>();
    documentsByDomain.forEach(
        (domain, n) -> rows.add(RowFactory.create(Counted.DOCUMENTS.key(domain), n)));
    bytesByDomain.forEach((domain, n) -> rows.add(RowFactory.create(Counted.BYTES.key(domain), n)));
    rows.add(RowFactory.create(Counted.LONG_PIECES.key(""), longPieces));
    rows.add(RowFactory.create(Counted.LONG_PIECE_BYTES.key(""), longPieceBytes));
    return rows;
  }
}
