// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.hopespark.data.document.CorpusFile;
import org.hopespark.data.document.CorpusFiles;
import org.hopespark.data.document.DocumentsManifest;
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
      throw new InvalidInputException(
          "Cannot prepare documents from "
              + inputs
              + ": there is no file. Give text, source code, WikiText or JSON Lines.");
    }

    DocumentsManifest.Config config = new DocumentsManifest.Config(validationShare);
    boolean finished = isFinished(directory.path());
    if (!finished) {
      directory.refuseOccupied();
    }

    CorpusIngest ingest = new CorpusIngest(spark, files);
    List<FileDigest> digests = ingest.digestInputs();
    if (finished) {
      DocumentsManifest manifest = DocumentsManifest.open(steps.hadoop(), directory.path());
      if (manifest.config().equals(config) && manifest.inputs().equals(digests)) {
        return result(directory.path(), manifest, /* reused= */ true);
      }
    }

    directory.begin();
    try {
      DocumentsManifest manifest = ingest.write(directory, config, digests);
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
