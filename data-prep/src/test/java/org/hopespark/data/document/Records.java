// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;

/** Reads files of a test directory into lists of records. */
final class Records {
  private Records() {}

  static List<SourceRecord> read(Path directory, String name, byte[] content) {
    try {
      Path file = Files.write(directory.resolve(name), content);
      return read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<SourceRecord> read(Path directory, String name, String content) {
    return read(directory, name, content.getBytes(StandardCharsets.UTF_8));
  }

  static List<SourceRecord> read(Path file) throws IOException {
    List<SourceRecord> records = new ArrayList<>();
    try (RecordReader reader = RecordReader.open(new Configuration(), corpusFile(file))) {
      for (SourceRecord record = reader.next(); record != null; record = reader.next()) {
        records.add(record);
      }
    }

    return records;
  }

  static CorpusFile corpusFile(Path file) throws IOException {
    return new CorpusFile(file.toUri().toString(), file.getFileName().toString(), Files.size(file));
  }

  static List<String> texts(List<SourceRecord> records) {
    return records.stream().map(SourceRecord::text).toList();
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    }

    return packed.toByteArray();
  }
}
