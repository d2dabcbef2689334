// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.document.DocumentsManifest.DocumentsFile;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.Storage;

/**
 * Reads the documents through Parquet's own reader, without Spark, and compares ids, counts and the
 * digest of their content with the manifest.
 */
public final class DocumentsCheck {
  private final Configuration hadoop;
  private final Path directory;
  private final DocumentsManifest promised;
  private final DocumentTally tally = new DocumentTally();

  public DocumentsCheck(Configuration hadoop, Path directory, DocumentsManifest promised) {
    this.hadoop = hadoop;
    this.directory = directory;
    this.promised = promised;
  }

  /**
   * @throws CorruptDataException naming the file and what differs
   */
  public void run() {
    for (DocumentsFile file : promised.files()) {
      long before = tally.documents();
      read(file.file());
      expect(file.file(), "number of documents", file.documents(), tally.documents() - before);
    }

    expectTotal("number of documents", promised.documents(), tally.documents());
    expectTotal("documents by split", promised.documentsBySplit(), tally.documentsBySplit());
    expectTotal("bytes by split", promised.bytesBySplit(), tally.bytesBySplit());
    expectTotal("documents by domain", promised.documentsByDomain(), tally.documentsByDomain());
    expectTotal("digest of the documents", promised.documentsId(), tally.digest());
    long dropped = promised.droppedByReason().values().stream().mapToLong(Long::longValue).sum();
    expectTotal("records read", promised.recordsRead(), tally.documents() + dropped);
  }

  private void read(FileDigest file) {
    Path path = new Path(directory, file.name());
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), path).withConf(hadoop).build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        String id = row.getString(DocumentRows.ID, 0);
        String source = row.getString(DocumentRows.SOURCE, 0);
        long ordinal = row.getLong(DocumentRows.ORDINAL, 0);
        expect(file, "id of a document", DocumentRows.id(source, ordinal), id);
        tally.add(
            id,
            row.getString(DocumentRows.DOMAIN, 0),
            row.getBinary(DocumentRows.TEXT, 0).getBytes(),
            row.getString(DocumentRows.SPLIT, 0));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + Storage.display(path) + "]", e);
    }
  }

  private void expect(FileDigest file, String what, Object expected, Object found) {
    if (!expected.toString().equals(found.toString())) {
      throw file.corrupt(directory, what, expected.toString(), found.toString());
    }
  }

  private void expectTotal(String what, Object expected, Object found) {
    if (!expected.toString().equals(found.toString())) {
      throw new CorruptDataException(
          "Invalid manifest ["
              + Storage.display(new Path(directory, Manifest.NAME))
              + "]: its "
              + what
              + " is "
              + expected
              + " and the files hold "
              + found
              + ". Make the directory again.");
    }
  }
}
