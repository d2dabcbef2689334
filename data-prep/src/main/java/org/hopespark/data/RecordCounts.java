// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.hopespark.data.document.DocumentRows;

/**
 * Counts over the records of a corpus, and what the split needs to know of it.
 *
 * @param read all records
 * @param dropped records by reason, before duplicates are looked for
 * @param usable the others
 * @param smallestText hash of the text with the smallest split hash
 * @param smallest the smallest split hash
 * @param largest the largest split hash
 */
record RecordCounts(
    long read,
    Map<String, Long> dropped,
    long usable,
    long repaired,
    boolean isSingleText,
    String smallestText,
    long smallest,
    long largest) {
  static RecordCounts of(Dataset<Row> records) {
    Column splitOrder = struct(col(DocumentRows.SPLIT_HASH), col(DocumentRows.TEXT_HASH));
    long read = 0;
    long usable = 0;
    long repaired = 0;
    boolean isSingleText = false;
    String smallestText = null;
    long smallest = 0;
    long largest = 0;
    Map<String, Long> dropped = new TreeMap<>();
    for (Row row :
        records
            .groupBy(DocumentRows.REASON)
            .agg(
                count(lit(1)),
                sum(col(DocumentRows.REPAIRED).cast("long")),
                min(splitOrder),
                max(splitOrder),
                min(DocumentRows.TEXT_HASH),
                max(DocumentRows.TEXT_HASH))
            .collectAsList()) {
      read += row.getLong(1);
      if (!row.isNullAt(0)) {
        dropped.put(row.getString(0), row.getLong(1));
        continue;
      }

      usable = row.getLong(1);
      repaired = row.getLong(2);
      smallest = row.getStruct(3).getLong(0);
      smallestText = row.getStruct(3).getString(1);
      largest = row.getStruct(4).getLong(0);
      isSingleText = row.getString(5).equals(row.getString(6));
    }

    return new RecordCounts(
        read, dropped, usable, repaired, isSingleText, smallestText, smallest, largest);
  }

  /**
   * The texts of the validation split: those below the threshold. A split that would stay empty on
   * a small corpus gets the text with the smallest hash, so that both exist.
   */
  Column isValidation(long threshold) {
    Column isSmallest = col(DocumentRows.TEXT_HASH).equalTo(smallestText);
    if (smallest >= threshold) {
      return isSmallest;
    }

    Column isBelow = col(DocumentRows.SPLIT_HASH).lt(threshold);
    return largest < threshold ? isBelow.and(not(isSmallest)) : isBelow;
  }
}
