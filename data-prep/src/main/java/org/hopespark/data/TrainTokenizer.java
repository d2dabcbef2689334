// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.hopespark.data.document.DocumentRows;
import org.hopespark.data.document.DocumentsManifest;
import org.hopespark.data.store.Storage;
import org.hopespark.data.store.WholeFile;
import org.hopespark.tokenizer.BpeTrainer;
import org.hopespark.tokenizer.PieceCounter;
import org.hopespark.tokenizer.Tokenizer;

/**
 * Trains a byte-level BPE tokenizer on the split {@code train} of documents: executors count
 * pre-tokens, the driver learns the merges from the sums. Sums do not depend on partitions, so
 * neither does the tokenizer.
 */
public final class TrainTokenizer {
  /** 256 bytes and the end-of-text token. */
  private static final int MIN_VOCABULARY = 257;

  private static final int MAX_VOCABULARY = 1 << 20;
  private static final String PIECE = "piece";
  private static final String COUNT = "count";
  private static final StructType COUNTS =
      new StructType().add(PIECE, DataTypes.BinaryType).add(COUNT, DataTypes.LongType);

  private final SparkSession spark;
  private final SparkSteps steps;
  private String input;
  private String output;
  private int vocabularySize;

  public TrainTokenizer(SparkSession spark) {
    this.spark = spark;
    this.steps = new SparkSteps(spark);
  }

  /** Directory of documents. */
  public TrainTokenizer input(String documentsDir) {
    this.input = documentsDir;
    return this;
  }

  /** Ids of the tokenizer: 256 bytes, the end-of-text token and merges. */
  public TrainTokenizer vocabularySize(int size) {
    this.vocabularySize = size;
    return this;
  }

  /** File to write, in Hugging Face's tokenizer.json format. */
  public TrainTokenizer output(String file) {
    this.output = file;
    return this;
  }

  /**
   * @throws InvalidInputException for a directory that holds no documents, a vocabulary out of
   *     range, or another tokenizer in the place of the output
   */
  public TrainTokenizerResult execute() {
    validate();
    Path directory = Storage.qualified(steps.hadoop(), input);
    DocumentsManifest manifest = DocumentsManifest.open(steps.hadoop(), directory);
    PieceCounter counts = count(manifest.paths(directory));
    Tokenizer tokenizer = BpeTrainer.train(counts, vocabularySize);
    write(tokenizer);
    return new TrainTokenizerResult(
        output,
        tokenizer.vocabularySize(),
        counts.pieces(),
        counts.distinctPieces(),
        manifest.bytesBySplit().getOrDefault(Splits.TRAIN, 0L));
  }

  private void validate() {
    if (input == null) {
      throw new InvalidInputException("Missing input []: a directory of documents is needed.");
    }

    if (output == null) {
      throw new InvalidInputException("Missing output []: a file is needed. Give a path.");
    }

    if (vocabularySize < MIN_VOCABULARY || vocabularySize > MAX_VOCABULARY) {
      throw new InvalidInputException(
          "Invalid vocabulary size ["
              + vocabularySize
              + "]: it has to be from "
              + MIN_VOCABULARY
              + " (256 bytes and one special token) to "
              + MAX_VOCABULARY
              + ". Give 8192 for a small model.");
    }
  }

  private PieceCounter count(String[] paths) {
    Dataset<Row> sums =
        DocumentFiles.read(spark, paths)
            .filter(col(DocumentRows.SPLIT).equalTo(Splits.TRAIN))
            .select(col(DocumentRows.TEXT).cast("binary"))
            .mapPartitions((MapPartitionsFunction<Row, Row>) PieceCounts::new, Encoders.row(COUNTS))
            .groupBy(PIECE)
            .agg(sum(COUNT));
    return steps.run(
        "Counting the pieces of " + input,
        () -> {
          PieceCounter counts = new PieceCounter();
          for (Iterator<Row> rows = sums.toLocalIterator(); rows.hasNext(); ) {
            Row row = rows.next();
            counts.add((byte[]) row.get(0), row.getLong(1));
          }

          return counts;
        });
  }

  private void write(Tokenizer tokenizer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    tokenizer.write(bytes);
    Path path = Storage.qualified(steps.hadoop(), output);
    FileSystem fileSystem = Storage.fileSystem(steps.hadoop(), path);
    try {
      fileSystem.mkdirs(path.getParent());
      boolean created = WholeFile.createIfAbsent(steps.hadoop(), path, bytes.toByteArray());
      if (!created && !isSame(fileSystem, path, bytes.toByteArray())) {
        throw new InvalidInputException(
            "Cannot write tokenizer to ["
                + output
                + "]: something else is there. Give another output file or delete this one.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write [" + output + "]", e);
    }
  }

  private static boolean isSame(FileSystem fileSystem, Path path, byte[] bytes) throws IOException {
    if (fileSystem.getFileStatus(path).isDirectory()) {
      return false;
    }

    try (InputStream in = fileSystem.open(path)) {
      return Arrays.equals(in.readAllBytes(), bytes);
    } catch (FileNotFoundException e) {
      return false;
    }
  }
}
