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
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.OutputDirectory;
import org.hopespark.data.store.Storage;

/**
 * Reads a corpus into documents: Parquet files with id, source, ordinal, domain, text and split.
 *
 * <p>By default every file below the inputs is read (text, source code, WikiText, JSON Lines as the
 * Pile has them, plain or packed), exact duplicates are dropped but for the one with the smallest
 * (source, ordinal), and 5 % of the texts go to the split {@code validation}, chosen by a hash of
 * the text. The result does not depend on partitions. Run again on the same inputs and
 * configuration it finds its manifest and does nothing.
 */
public final class PrepareDocuments {
  private static final double DEFAULT_VALIDATION_SHARE = 0.05;
  private static final double HASH_RANGE = 0x1p63;

  private final SparkSession spark;
  private final SparkSteps steps;
  private List<String> inputs = List.of();
  private String output;
  private double validationShare = DEFAULT_VALIDATION_SHARE;

  public PrepareDocuments(SparkSession spark) {
    this.spark = spark;
    this.steps = new SparkSteps(spark);
  }

  /** Files and directories of the corpus. */
  public PrepareDocuments inputs(List<String> paths) {
    this.inputs = List.copyOf(paths);
    return this;
  }

  /** Directory to make; it must not hold anything else. */
  public PrepareDocuments output(String directory) {
    this.output = directory;
    return this;
  }

  /** Share of distinct texts in the split {@code validation}, above 0 and below 1. */
  public PrepareDocuments validationShare(double share) {
    this.validationShare = share;
    return this;
  }

  /**
   * @throws InvalidInputException for a missing input, a corpus of fewer than two documents, or an
   *     output that holds something else
   * @throws CorruptDataException for a damaged packed file, named
   */
  public PrepareResult execute() {
    validate();
    OutputDirectory directory = new OutputDirectory(steps.hadoop(), output, "documents");
    List<CorpusFile> files = CorpusFiles.list(steps.hadoop(), inputs, directory.path());
    if (files.isEmpty()) {
      throw empty("there is no file");
    }

    DocumentsManifest.Config config = new DocumentsManifest.Config(validationShare);
    boolean finished = isFinished(directory.path());
    if (!finished) {
      directory.refuseOccupied();
    }

    List<FileDigest> digests = digestInputs(files);
    if (finished) {
      DocumentsManifest manifest = manifest(directory.path());
      if (manifest.config().equals(config) && manifest.inputs().equals(digests)) {
        return result(directory.path(), manifest, /* reused= */ true);
      }
    }

    directory.begin();
    try {
      DocumentsManifest manifest = write(directory, files, config, digests);
      directory.commit(
          manifest,
          manifest.files().stream().map(each -> each.file().name()).collect(Collectors.toSet()));
      return result(directory.path(), manifest, /* reused= */ false);
    } catch (RuntimeException | Error e) {
      directory.discard(e);
      throw e;
    }
  }

  private void validate() {
    if (inputs.isEmpty()) {
      throw new InvalidInputException(
          "Missing input []: at least one file or directory is needed. Give a path.");
    }

    if (output == null) {
      throw new InvalidInputException("Missing output []: a directory is needed. Give a path.");
    }

    if (!(validationShare > 0 && validationShare < 1)) {
      throw new InvalidInputException(
          "Invalid validation share ["
              + validationShare
              + "]: it has to be above 0 and below 1. Give 0.05 for five percent.");
    }
  }

  private boolean isFinished(Path directory) {
    return Manifest.format(steps.hadoop(), directory)
        .filter(DocumentsManifest.FORMAT::equals)
        .isPresent();
  }

  private DocumentsManifest manifest(Path directory) {
    return Manifest.read(
        steps.hadoop(), directory, DocumentsManifest.FORMAT, DocumentsManifest.class);
  }

  private List<FileDigest> digestInputs(List<CorpusFile> files) {
    SerializableConfiguration hadoop = steps.serializableHadoop();
    return steps.run(
        "Taking the digests of " + files.size() + " input files",
        () ->
            grouped(files)
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

  private JavaRDD<List<CorpusFile>> grouped(List<CorpusFile> files) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<List<CorpusFile>> groups =
        CorpusFiles.group(
            files,
            spark.sessionState().conf().filesMaxPartitionBytes(),
            context.defaultParallelism());
    return context.parallelize(groups, groups.size());
  }

  private DocumentsManifest write(
      OutputDirectory directory,
      List<CorpusFile> files,
      DocumentsManifest.Config config,
      List<FileDigest> digests) {
    Dataset<Row> records =
        spark
            .createDataFrame(records(files), DocumentRows.RECORDS)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      RecordCounts counts = countRecords(records, files);
      long threshold = (long) (validationShare * HASH_RANGE);
      Path data = new Path(directory.path(), "data-" + directory.attempt());
      Dataset<Row> documents = documents(records, counts.isValidation(threshold));
      steps.run(
          "Writing documents to " + output,
          () -> {
            documents.write().parquet(data.toString());
            return null;
          });
      return manifest(directory.path(), data, counts, config, digests);
    } finally {
      records.unpersist(/* blocking= */ false);
    }
  }

  private JavaRDD<Row> records(List<CorpusFile> files) {
    SerializableConfiguration hadoop = steps.serializableHadoop();
    return grouped(files).flatMap(group -> rows(hadoop, group));
  }

  private static Iterator<Row> rows(SerializableConfiguration hadoop, List<CorpusFile> group) {
    DocumentRows rows = new DocumentRows(hadoop.value(), group);
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> rows.close());
    return rows;
  }

  private RecordCounts countRecords(Dataset<Row> records, List<CorpusFile> files) {
    RecordCounts counts =
        steps.run(
            "Reading documents of " + files.size() + " files", () -> RecordCounts.of(records));
    if (counts.usable() == 0) {
      throw empty(
          "none of "
              + counts.read()
              + " records can be used, "
              + (counts.dropped().isEmpty() ? "the files are empty" : counts.dropped().toString()));
    }

    if (counts.isSingleText()) {
      throw new InvalidInputException(
          "Cannot prepare documents from "
              + inputs
              + ": two documents with different texts are needed, one for each split, and there is"
              + " one. Give a corpus of more documents or cut the text into several files.");
    }

    return counts;
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
            "Counting the documents of " + output,
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

  private InvalidInputException empty(String reason) {
    return new InvalidInputException(
        "Cannot prepare documents from "
            + inputs
            + ": "
            + reason
            + ". Give text, source code, WikiText or JSON Lines with a field [text].");
  }

  private static PrepareResult result(Path directory, DocumentsManifest manifest, boolean reused) {
    return new PrepareResult(
        Storage.display(directory),
        reused,
        manifest.documents(),
        manifest.bytes(),
        manifest.documentsBySplit(),
        manifest.bytesBySplit(),
        manifest.droppedByReason(),
        manifest.recordsRead(),
        manifest.repaired());
  }
}
