// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import java.io.Serializable;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.hopespark.data.document.DocumentRows;
import org.hopespark.tokenizer.BpeTrainer;

/**
 * The sums of {@link PieceCounts} over a corpus. Spark's shuffle makes them, the driver takes them
 * one partition after the other: pieces go on to the trainer, the rest stays here for the report.
 */
final class PieceSums {
  /** So that what the driver takes at a time is no more than the pieces of so much text. */
  private static final long TEXT_BYTES_PER_PARTITION = 128L << 20;

  private static final String KEY = "key";
  private static final String COUNT = "count";
  private static final StructType COUNTS =
      new StructType().add(KEY, DataTypes.BinaryType).add(COUNT, DataTypes.LongType);

  private final BpeTrainer trainer;
  private final Map<String, Long> documents = new TreeMap<>();
  private final Map<String, Long> bytes = new TreeMap<>();
  private long pieces;
  private long distinctPieces;
  private long longPieces;
  private long longPieceBytes;

  /** Makes the counts of one partition. */
  interface Counting extends Serializable {
    PieceCounts of(Iterator<Row> documents);
  }

  PieceSums(BpeTrainer trainer) {
    this.trainer = trainer;
  }

  /**
   * @param train documents, as {@link DocumentFiles} reads them
   * @param textBytes of these documents
   */
  PieceSums collect(Dataset<Row> train, long textBytes, Counting counting) {
    int shufflePartitions =
        Integer.parseInt(train.sparkSession().conf().get("spark.sql.shuffle.partitions"));
    long partitions = Math.max(shufflePartitions, textBytes / TEXT_BYTES_PER_PARTITION);
    Dataset<Row> sums =
        train
            .select(
                col(DocumentRows.ID),
                col(DocumentRows.DOMAIN),
                col(DocumentRows.TEXT).cast("binary"))
            .mapPartitions((MapPartitionsFunction<Row, Row>) counting::of, Encoders.row(COUNTS))
            // Counted already: a partial sum before the shuffle would add up next to nothing.
            .repartition((int) Math.min(Integer.MAX_VALUE, partitions), col(KEY))
            .groupBy(KEY)
            .agg(sum(COUNT));
    for (Iterator<Row> rows = sums.toLocalIterator(); rows.hasNext(); ) {
      Row row = rows.next();
      add((byte[]) row.get(0), row.getLong(1));
    }

    return this;
  }

  Map<String, TokenizerReport.Learnt> learntFrom() {
    Map<String, TokenizerReport.Learnt> learnt = new TreeMap<>();
    documents.forEach(
        (domain, n) -> learnt.put(domain, new TokenizerReport.Learnt(n, bytes.get(domain))));
    return learnt;
  }

  long pieces() {
    return pieces;
  }

  long distinctPieces() {
    return distinctPieces;
  }

  long longPieces() {
    return longPieces;
  }

  long longPieceBytes() {
    return longPieceBytes;
  }

  private void add(byte[] key, long count) {
    byte[] name = Counted.name(key);
    switch (Counted.of(key)) {
      case PIECE -> {
        trainer.add(name, count);
        pieces += count;
        distinctPieces++;
      }
      case DOCUMENTS -> documents.put(new String(name, UTF_8), count);
      case BYTES -> bytes.put(new String(name, UTF_8), count);
      case LONG_PIECES -> longPieces = count;
      case LONG_PIECE_BYTES -> longPieceBytes = count;
    }
  }
}
