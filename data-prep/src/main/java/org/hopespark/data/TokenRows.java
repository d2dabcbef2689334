// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.hopespark.data.document.DocumentRows;
import org.hopespark.data.document.DocumentsManifest;
import org.hopespark.data.shard.ShardFormat;
import org.hopespark.data.shard.ShardPlan;
import org.hopespark.data.shard.ShardSummary;
import org.hopespark.data.shard.ShardWriter;
import org.hopespark.data.store.OutputDirectory;
import org.hopespark.tokenizer.EncodingCounts;
import org.hopespark.tokenizer.IdBuffer;

/** The rows between documents and shards: encoded documents, with the bytes that a shard takes. */
final class TokenRows {
  private static final String SPLIT = "split";
  private static final String BUCKET = "bucket";
  private static final String ID = "id";
  private static final String DOMAIN = "domain";
  private static final String TOKENS = "tokens";
  private static final String ROW_BYTES = "row_bytes";
  private static final String SPECIAL_TEXTS = "special_texts";
  private static final String SHARD = "shard";

  private static final StructType SCHEMA =
      new StructType()
          .add(SPLIT, DataTypes.IntegerType)
          .add(BUCKET, DataTypes.IntegerType)
          .add(ID, DataTypes.BinaryType)
          .add(DOMAIN, DataTypes.IntegerType)
          .add(TOKENS, DataTypes.BinaryType)
          .add(ROW_BYTES, DataTypes.LongType)
          .add(SPECIAL_TEXTS, DataTypes.LongType);

  private final SparkSession spark;
  private final ShardFormat format;

  TokenRows(SparkSession spark, ShardFormat format) {
    this.spark = spark;
    this.format = format;
    if (format.domains().size() > Short.MAX_VALUE) {
      throw new InvalidInputException(
          "Invalid domains ["
              + format.domains().size()
              + "]: shards tell at most "
              + Short.MAX_VALUE
              + " apart. Give fewer values of pile_set_name.");
    }
  }

  /** Encodes each document and ends it with the end-of-text token. */
  Dataset<Row> encode(Dataset<Row> documents, SharedTokenizer tokenizer) {
    Broadcast<SharedTokenizer> shared =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(tokenizer);
    ShardFormat shardFormat = format;
    return documents
        .select(
            col(DocumentRows.ID),
            col(DocumentRows.DOMAIN),
            col(DocumentRows.TEXT).cast("binary"),
            col(DocumentRows.SPLIT))
        .map(
            (MapFunction<Row, Row>) row -> encode(row, shared.value(), shardFormat),
            Encoders.row(SCHEMA));
  }

  private static Row encode(Row document, SharedTokenizer tokenizer, ShardFormat format) {
    byte[] id = HexFormat.of().parseHex(document.getString(0));
    byte[] text = (byte[]) document.get(2);
    IdBuffer buffer = new IdBuffer();
    EncodingCounts counts = new EncodingCounts();
    tokenizer.value().encode(text, 0, text.length, buffer, counts);
    int[] ids = buffer.toArray();
    return RowFactory.create(
        Splits.ALL.indexOf(document.getString(3)),
        ShardPlan.bucket(id),
        id,
        Collections.binarySearch(format.domains(), document.getString(1)),
        format.width().encode(ids, format.endOfTextId()),
        format.rowBytes(ids.length + 1L),
        counts.specialTexts());
  }

  /**
   * What is known before shards are written.
   *
   * @param specialTexts how often the text of a special token stood in documents, as ordinary text
   */
  record Planned(ShardPlan plan, long specialTexts) {}

  /** Cuts the encoded documents into shards. */
  Planned plan(Dataset<Row> tokens, DocumentsManifest source, long shardBytes) {
    long[][] bytes = new long[Splits.ALL.size()][ShardPlan.NUM_BUCKETS];
    long documents = 0;
    long specialTexts = 0;
    for (Row row :
        tokens
            .groupBy(SPLIT, BUCKET)
            .agg(sum(ROW_BYTES), count(lit(1)), sum(SPECIAL_TEXTS))
            .collectAsList()) {
      bytes[row.getInt(0)][row.getInt(1)] = row.getLong(2);
      documents += row.getLong(3);
      specialTexts += row.getLong(4);
    }

    if (documents != source.documents()) {
      throw new CorruptDataException(
          "Invalid documents ["
              + documents
              + "]: the manifest says "
              + source.documents()
              + ". Run verify on their directory.");
    }

    return new Planned(new ShardPlan(Splits.ALL, bytes, shardBytes), specialTexts);
  }

  /** Brings each shard's documents together, in the order of their ids, and writes them. */
  List<ShardSummary> write(
      Dataset<Row> tokens,
      ShardPlan plan,
      OutputDirectory directory,
      SerializableConfiguration hadoop) {
    UserDefinedFunction shard =
        udf((UDF2<Integer, Integer, Integer>) plan::shard, DataTypes.IntegerType);
    String root = directory.path().toString();
    String attempt = directory.attempt();
    ShardFormat shardFormat = format;
    return tokens
        .withColumn(SHARD, shard.apply(col(SPLIT), col(BUCKET)))
        .select(SHARD, ID, DOMAIN, TOKENS)
        .repartition(plan.numShards(), col(SHARD))
        .sortWithinPartitions(SHARD, ID)
        .javaRDD()
        .mapPartitions(
            (FlatMapFunction<Iterator<Row>, ShardSummary>)
                rows -> {
                  String suffix = attempt + "-" + TaskContext.get().taskAttemptId();
                  return write(
                      rows,
                      plan,
                      (split, ordinal) ->
                          new ShardWriter(
                              hadoop.value(), new Path(root), shardFormat, split, ordinal, suffix));
                })
        .collect();
  }

  /** Opens the writer of a shard. */
  private interface Shards {
    ShardWriter open(String split, int ordinal) throws IOException;
  }

  /** One partition may hold several shards, one after another. */
  private static Iterator<ShardSummary> write(Iterator<Row> rows, ShardPlan plan, Shards shards)
      throws IOException {
    List<ShardSummary> summaries = new ArrayList<>();
    ShardWriter writer = null;
    int open = -1;
    try {
      while (rows.hasNext()) {
        Row row = rows.next();
        if (row.getInt(0) != open) {
          if (writer != null) {
            summaries.add(writer.finish());
            writer.close();
            writer = null;
          }

          open = row.getInt(0);
          writer = shards.open(plan.split(open), plan.ordinal(open));
        }

        writer.add((byte[]) row.get(1), row.getInt(2), (byte[]) row.get(3));
      }

      if (writer != null) {
        summaries.add(writer.finish());
      }
    } finally {
      if (writer != null) {
        writer.close();
      }
    }

    return summaries.iterator();
  }
}
