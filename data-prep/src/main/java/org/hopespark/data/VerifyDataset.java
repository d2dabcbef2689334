// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.document.DocumentsCheck;
import org.hopespark.data.document.DocumentsManifest;
import org.hopespark.data.shard.DatasetManifest;
import org.hopespark.data.shard.ShardCheck;
import org.hopespark.data.shard.ShardSummary;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.Storage;

/**
 * Re-reads everything that the manifest of a directory of documents or of a data set promises:
 * sizes and both digests of every file, then their content through an independent reader. Runs in
 * one JVM, without a Spark session.
 */
public final class VerifyDataset {
  private final Configuration hadoop;
  private String path;

  public VerifyDataset(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** The directory to check. */
  public VerifyDataset path(String dir) {
    this.path = dir;
    return this;
  }

  /**
   * @throws InvalidInputException for a directory without a manifest
   * @throws CorruptDataException naming the first file that is not as promised
   */
  public VerifyResult execute() {
    if (path == null) {
      throw new InvalidInputException("Missing directory []: nothing to verify. Give a path.");
    }

    Path directory = Storage.qualified(hadoop, path);
    boolean holdsDocuments =
        Manifest.format(hadoop, directory).filter(DocumentsManifest.FORMAT::equals).isPresent();
    return holdsDocuments ? verifyDocuments(directory) : verifyShards(directory);
  }

  private VerifyResult verifyDocuments(Path directory) {
    DocumentsManifest manifest =
        Manifest.read(hadoop, directory, DocumentsManifest.FORMAT, DocumentsManifest.class);
    List<FileDigest> files =
        manifest.files().stream().map(DocumentsManifest.DocumentsFile::file).toList();
    files.forEach(file -> file.verify(hadoop, directory));
    new DocumentsCheck(hadoop, directory, manifest).run();
    return new VerifyResult("documents", files.size(), bytes(files), /* tokens= */ 0);
  }

  private VerifyResult verifyShards(Path directory) {
    DatasetManifest manifest =
        Manifest.read(hadoop, directory, DatasetManifest.FORMAT, DatasetManifest.class);
    List<FileDigest> files = manifest.allFiles();
    files.forEach(file -> file.verify(hadoop, directory));
    long tokens = 0;
    for (Map.Entry<String, DatasetManifest.Split> entry : manifest.splits().entrySet()) {
      DatasetManifest.Split promised = entry.getValue();
      for (ShardSummary shard : promised.shards()) {
        new ShardCheck(hadoop, directory, manifest.shardFormat(), shard).run();
      }

      DatasetManifest.Split found =
          DatasetManifest.Split.of(promised.shards(), promised.textBytes());
      if (!found.equals(promised)) {
        throw inconsistent(directory, "the sums over the shards of " + entry.getKey());
      }

      tokens += promised.tokens();
    }

    if (!DatasetManifest.datasetId(manifest.splits()).equals(manifest.datasetId())) {
      throw inconsistent(directory, "the id over the digests of the shards");
    }

    return new VerifyResult("dataset", files.size(), bytes(files), tokens);
  }

  private static long bytes(List<FileDigest> files) {
    return files.stream().mapToLong(FileDigest::bytes).sum();
  }

  private static CorruptDataException inconsistent(Path directory, String what) {
    return new CorruptDataException(
        "Invalid manifest ["
            + Storage.display(new Path(directory, Manifest.NAME))
            + "]: "
            + what
            + " differs from what it lists. Make the directory again.");
  }
}
