// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lines as bytes, without their line feed. A last line needs none. */
final class LineBytes {
  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;

  LineBytes(InputStream in) {
    this.in = in;
  }

  /** Returns the next line, or null at the end. */
  byte[] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean isEmpty = true;
    while (fill()) {
      isEmpty = false;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }

      line.write(buffer, position, end - position);
      position = end + 1;
      if (end < limit) {
        return line.toByteArray();
      }
    }

    return isEmpty ? null : line.toByteArray();
  }

  private boolean fill() throws IOException {
    if (position >= limit) {
      limit = in.read(buffer);
      position = 0;
    }

    return limit > 0;
  }
}
