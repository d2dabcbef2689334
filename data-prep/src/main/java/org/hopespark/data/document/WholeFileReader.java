// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import java.io.IOException;

/** A text or source file as one document, byte for byte; a binary file is dropped. */
final class WholeFileReader implements RecordReader {
  private final CorpusStream in;
  private final String domain;
  private boolean done;

  WholeFileReader(CorpusStream in, String domain) {
    this.in = in;
    this.domain = domain;
  }

  @Override
  public SourceRecord next() throws IOException {
    if (done) {
      return null;
    }

    done = true;
    for (byte b : in.peek()) {
      if (b == 0) {
        return SourceRecord.dropped(domain, DropReason.BINARY);
      }
    }

    byte[] bytes = in.readNBytes(MAX_RECORD_BYTES + 1);
    return bytes.length > MAX_RECORD_BYTES
        ? SourceRecord.dropped(domain, DropReason.TOO_LONG)
        : SourceRecord.of(domain, Unicode.decode(bytes, 0, bytes.length));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
