// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.hopespark.data.document.CorpusFile;
import org.hopespark.data.document.CorpusFiles;
import org.hopespark.data.document.DocumentRows;
import org.hopespark.data.document.DocumentTally;
import org.hopespark.data.document.DocumentsManifest;
import org.hopespark.data.document.DocumentsManifest.DocumentsFile;
import org.hopespark.data.document.DropReason;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.OutputDirectory;
import org.hopespark.data.store.Storage;

/** The steps from the files of a corpus to written documents and their manifest. */
final class CorpusIngest {
  private static final double HASH_RANGE = 0x1p63;

  private final SparkSession spark;
  private final SparkSteps steps;
  private final List<CorpusFile> files;

  CorpusIngest(SparkSession spark, List<CorpusFile> files) {
    this.spark = spark;
    this.steps = new SparkSteps(spark);
    this.files = files;
  }

  /** Digests of the corpus files, under their source names. */
  List<FileDigest> digestInputs() {
    SerializableConfiguration hadoop = steps.serializableHadoop();
    return steps.run(
        "Taking the digests of " + files.size() + " input files",
        () ->
            grouped()
                .flatMap(
                    group ->
                        group.stream()
                            .map(file -> digest(hadoop, file))
                            .collect(Collectors.toList())
                            .iterator())
                .collect());
  }

  /** The digest goes under the source name: where the corpus lies is not part of what it is. */
  private static FileDigest digest(SerializableConfiguration hadoop, CorpusFile file) {
    Path path = new Path(file.path());
    FileDigest digest = FileDigest.of(hadoop.value(), path.getParent(), path.getName());
    return new FileDigest(file.source(), digest.bytes(), digest.sha256(), digest.xxh3());
  }

  private JavaRDD<List<CorpusFile>> grouped() {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<List<CorpusFile>> groups =
        CorpusFiles.group(
            files,
            spark.sessionState().conf().filesMaxPartitionBytes(),
            context.defaultParallelism());
    return context.parallelize(groups, groups.size());
  }

  /**
   * Reads, deduplicates, splits and writes the documents.
   *
   * @throws InvalidInputException if there are fewer than two different texts
   */
  DocumentsManifest write(
      OutputDirectory directory, DocumentsManifest.Config config, List<FileDigest> digests) {
    Dataset<Row> records =
        spark
            .createDataFrame(records(), DocumentRows.RECORDS)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      RecordCounts counts = countRecords(records);
      long threshold = (long) (config.validationShare() * HASH_RANGE);
      Path data = new Path(directory.path(), "data-" + directory.attempt());
      Dataset<Row> documents = documents(records, counts.isValidation(threshold));
      steps.run(
          "Writing documents to " + Storage.display(directory.path()),
          () -> {
            documents.write().parquet(data.toString());
            return null;
          });
      return manifest(directory.path(), data, counts, config, digests);
    } finally {
      records.unpersist(/* blocking= */ false);
    }
  }

  private JavaRDD<Row> records() {
    SerializableConfiguration hadoop = steps.serializableHadoop();
    return grouped().flatMap(group -> rows(hadoop, group));
  }

  private static Iterator<Row> rows(SerializableConfiguration hadoop, List<CorpusFile> group) {
    DocumentRows rows = new DocumentRows(hadoop.value(), group);
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> rows.close());
    return rows;
  }

  private RecordCounts countRecords(Dataset<Row> records) {
    RecordCounts counts =
        steps.run(
            "Reading documents of " + files.size() + " files", () -> RecordCounts.of(records));
    if (counts.usable() == 0) {
      throw new InvalidInputException(
          "Cannot prepare documents from ["
              + root()
              + "]: none of "
              + counts.read()
              + " records can be used "
              + counts.dropped()
              + ". Give text, source code, WikiText or JSON Lines with a field [text].");
    }

    if (counts.isSingleText()) {
      throw new InvalidInputException(
          "Cannot prepare documents from ["
              + root()
              + "]: two documents with different texts are needed, one for each split, and there is"
              + " one. Give a corpus of more documents or cut the text into several files.");
    }

    return counts;
  }

  /** Where the corpus lies, for messages. */
  private String root() {
    CorpusFile first = files.get(0);
    String path = Storage.display(new Path(first.path()));
    return files.size() == 1 ? path : path.substring(0, path.length() - first.source().length());
  }

  private static Dataset<Row> documents(Dataset<Row> records, Column isValidation) {
    Column place =
        row_number()
            .over(
                Window.partitionBy(DocumentRows.TEXT_HASH)
                    .orderBy(col(DocumentRows.SOURCE), col(DocumentRows.ORDINAL)));
    return records
        .filter(col(DocumentRows.REASON).isNull())
        .withColumn("place", place)
        .filter(col("place").equalTo(1))
        .withColumn(
            DocumentRows.SPLIT,
            when(isValidation, lit(Splits.VALIDATION)).otherwise(lit(Splits.TRAIN)))
        .select(
            Stream.of(DocumentRows.DOCUMENTS.fieldNames())
                .map(functions::col)
                .toArray(Column[]::new));
  }

  /** Counts what the written files hold, not what was sent to them. */
  private DocumentsManifest manifest(
      Path directory,
      Path data,
      RecordCounts counts,
      DocumentsManifest.Config config,
      List<FileDigest> digests) {
    Map<String, DocumentTally> tallies =
        steps.run(
            "Counting the documents of " + Storage.display(directory),
            () -> DocumentFiles.tally(spark, new String[] {data.toString()}));
    DocumentTally total = new DocumentTally();
    tallies.values().forEach(total::merge);
    Map<String, Long> dropped = new TreeMap<>(counts.dropped());
    long duplicates = counts.usable() - total.documents();
    if (duplicates > 0) {
      dropped.put(DropReason.DUPLICATE.label(), duplicates);
    }

    List<DocumentsFile> written = new ArrayList<>();
    for (FileDigest file : digestOutputs(directory, data, tallies.keySet())) {
      String name = new Path(file.name()).getName();
      written.add(new DocumentsFile(file, tallies.get(name).documents()));
    }

    return new DocumentsManifest(
        DocumentsManifest.FORMAT,
        total.digest(),
        total.documents(),
        total.documentsBySplit(),
        total.bytesBySplit(),
        total.documentsByDomain(),
        counts.read(),
        dropped,
        counts.repaired(),
        written,
        config,
        digests,
        CodeVersion.current());
  }

  private List<FileDigest> digestOutputs(Path directory, Path data, Set<String> names) {
    SerializableConfiguration hadoop = steps.serializableHadoop();
    String root = directory.toString();
    String folder = data.getName();
    List<String> sorted = names.stream().sorted().toList();
    return steps.run(
        "Taking the digests of " + names.size() + " document files",
        () ->
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(sorted, sorted.size())
                .map(name -> FileDigest.of(hadoop.value(), new Path(root), folder + "/" + name))
                .collect());
  }
}
