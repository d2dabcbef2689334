// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.input_file_name;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.document.DocumentRows;
import org.hopespark.data.document.DocumentTally;

/** Reading the Parquet files of documents. */
final class DocumentFiles {
  private DocumentFiles() {}

  static Dataset<Row> read(SparkSession spark, String... paths) {
    return spark.read().schema(DocumentRows.DOCUMENTS).parquet(paths);
  }

  /** A tally per file, under the file's name. */
  static Map<String, DocumentTally> tally(SparkSession spark, String[] paths) {
    Map<String, DocumentTally> tallies = new TreeMap<>();
    read(spark, paths)
        .select(
            input_file_name(),
            col(DocumentRows.ID),
            col(DocumentRows.DOMAIN),
            col(DocumentRows.TEXT).cast("binary"),
            col(DocumentRows.SPLIT))
        .javaRDD()
        .mapPartitions(
            (FlatMapFunction<Iterator<Row>, Map<String, DocumentTally>>) DocumentFiles::tally)
        .collect()
        .forEach(
            part ->
                part.forEach(
                    (file, tally) ->
                        tallies.computeIfAbsent(file, name -> new DocumentTally()).merge(tally)));
    return tallies;
  }

  private static Iterator<Map<String, DocumentTally>> tally(Iterator<Row> rows) {
    Map<String, DocumentTally> tallies = new HashMap<>();
    while (rows.hasNext()) {
      Row row = rows.next();
      String file = row.getString(0);
      tallies
          .computeIfAbsent(file.substring(file.lastIndexOf('/') + 1), name -> new DocumentTally())
          .add(row.getString(1), row.getString(2), row.getAs(3), row.getString(4));
    }

    return List.of(tallies).iterator();
  }
}
