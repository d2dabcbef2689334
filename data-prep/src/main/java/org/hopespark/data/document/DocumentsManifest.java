// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Manifest;

/**
 * What a directory of documents promises.
 *
 * @param format {@link #FORMAT}
 * @param documentsId digest of content and splits, the same on any partitioning
 * @param recordsRead documents plus all that was dropped
 * @param repaired records in which ill-formed text was replaced by U+FFFD, duplicates included
 * @param inputs name, size and digests of the corpus files
 */
public record DocumentsManifest(
    String format,
    String documentsId,
    long documents,
    Map<String, Long> documentsBySplit,
    Map<String, Long> bytesBySplit,
    Map<String, Long> documentsByDomain,
    long recordsRead,
    Map<String, Long> droppedByReason,
    long repaired,
    List<DocumentsFile> files,
    Config config,
    List<FileDigest> inputs,
    String codeVersion) {
  public static final String FORMAT = "hope-documents-1";

  /** The configuration that, with the inputs, decides the content. */
  public record Config(double validationShare) {}

  /** One Parquet file and its number of rows. */
  public record DocumentsFile(FileDigest file, long documents) {}

  /**
   * Reads the manifest of a finished directory and looks whether its files are there.
   *
   * @throws org.hopespark.data.InvalidInputException for a directory that holds no documents
   * @throws org.hopespark.data.CorruptDataException if a file is missing or has another size
   */
  public static DocumentsManifest open(Configuration hadoop, Path directory) {
    DocumentsManifest manifest = Manifest.read(hadoop, directory, FORMAT, DocumentsManifest.class);
    manifest.files.forEach(each -> each.file().verifySize(hadoop, directory));
    return manifest;
  }

  public long bytes() {
    return bytesBySplit.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Full paths of the Parquet files. */
  public String[] paths(Path directory) {
    return files.stream()
        .map(each -> new Path(directory, each.file().name()).toString())
        .toArray(String[]::new);
  }
}
