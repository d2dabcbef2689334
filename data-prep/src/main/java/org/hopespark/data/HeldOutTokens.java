// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

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
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.hopespark.data.document.DocumentRows;

/** Tokens by domain of the documents that a tokenizer was not learnt from. */
final class HeldOutTokens implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String DOCUMENTS = "documents";
  private static final String BYTES = "bytes";
  private static final String TOKENS = "tokens";
  private static final StructType COUNTS =
      new StructType()
          .add(DocumentRows.DOMAIN, DataTypes.StringType)
          .add(DOCUMENTS, DataTypes.LongType)
          .add(BYTES, DataTypes.LongType)
          .add(TOKENS, DataTypes.LongType);

  private final SharedTokenizer tokenizer;

  HeldOutTokens(SharedTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  Map<String, TokenizerReport.HeldOut> count(SparkSession spark, String[] paths) {
    Dataset<Row> sums =
        DocumentFiles.read(spark, paths)
            .filter(col(DocumentRows.SPLIT).equalTo(Splits.VALIDATION))
            .select(col(DocumentRows.DOMAIN), col(DocumentRows.TEXT).cast("binary"))
            .mapPartitions((MapPartitionsFunction<Row, Row>) this::count, Encoders.row(COUNTS))
            .groupBy(DocumentRows.DOMAIN)
            .agg(sum(DOCUMENTS), sum(BYTES), sum(TOKENS));
    Map<String, TokenizerReport.HeldOut> byDomain = new TreeMap<>();
    for (Row row : sums.collectAsList()) {
      byDomain.put(
          row.getString(0),
          new TokenizerReport.HeldOut(row.getLong(1), row.getLong(2), row.getLong(3)));
    }

    return byDomain;
  }

  private Iterator<Row> count(Iterator<Row> documents) {
    Map<String, long[]> byDomain = new TreeMap<>();
    while (documents.hasNext()) {
      Row document = documents.next();
      byte[] text = (byte[]) document.get(1);
      long[] counts = byDomain.computeIfAbsent(document.getString(0), domain -> new long[3]);
      counts[0]++;
      counts[1] += text.length;
      counts[2] += tokenizer.value().encode(text).length;
    }

    return byDomain.entrySet().stream()
        .map(
            entry -> {
              long[] counts = entry.getValue();
              return RowFactory.create(entry.getKey(), counts[0], counts[1], counts[2]);
            })
        .iterator();
  }
}
