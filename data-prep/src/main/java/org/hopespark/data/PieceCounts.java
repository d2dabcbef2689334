// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.hopespark.tokenizer.PieceCounter;

/**
 * Texts of one partition in, (piece, count) rows out. Counts are sent on whenever the counter has
 * grown large, so that memory is bounded whatever a partition holds; the sums are the same.
 */
final class PieceCounts implements Iterator<Row> {
  private static final int MAX_DISTINCT_PIECES = 1 << 20;

  private final Iterator<Row> texts;
  private final Deque<Row> counted = new ArrayDeque<>();

  PieceCounts(Iterator<Row> texts) {
    this.texts = texts;
  }

  @Override
  public boolean hasNext() {
    while (counted.isEmpty() && texts.hasNext()) {
      PieceCounter counter = new PieceCounter();
      while (texts.hasNext() && counter.distinctPieces() < MAX_DISTINCT_PIECES) {
        counter.add((byte[]) texts.next().get(0));
      }

      counter.forEach((piece, count) -> counted.add(RowFactory.create(piece, count)));
    }

    return !counted.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }

    return counted.remove();
  }
}
