// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import java.io.Closeable;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/**
 * Streams the records of one file in their order. Memory is bounded by the longest record.
 *
 * <p>Records are counted from 0 in the order of {@link #next()}, dropped ones included, so that a
 * record's ordinal does not depend on what is kept.
 */
interface RecordReader extends Closeable {
  /**
   * A longer record is dropped: its text, tokens and shuffle row have to fit into one array each.
   */
  int MAX_RECORD_BYTES = 256 << 20;

  /** The next record; null at the end of the file. */
  SourceRecord next() throws IOException;

  /**
   * Opens the reader that fits the file: JSON Lines by its name, WikiText by its first line, else
   * the whole file as one document.
   */
  static RecordReader open(Configuration hadoop, CorpusFile file) throws IOException {
    CorpusStream in = CorpusStream.open(hadoop, file);
    try {
      return open(file, in);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static RecordReader open(CorpusFile file, CorpusStream in) throws IOException {
    if (file.isJsonLines()) {
      return new JsonLinesReader(in);
    }

    in.skipByteOrderMark();
    return WikiTextReader.recognises(file, in)
        ? new WikiTextReader(in)
        : new WholeFileReader(in, file.domain());
  }
}
