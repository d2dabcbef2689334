// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Lines as bytes, without their ends (LF or CR LF). The line stands in {@link #bytes()} up to
 * {@link #length()} until the next call of {@link #next()}.
 */
final class LineReader {
  private final InputStream in;
  private final int maxBytes;
  private final byte[] chunk = new byte[64 << 10];
  private int at;
  private int end;
  private byte[] line = new byte[1 << 10];
  private int length;
  private boolean tooLong;

  LineReader(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /** Moves to the next line; a line feed at the very end of the file starts none. */
  boolean next() throws IOException {
    length = 0;
    tooLong = false;
    boolean any = false;
    while (at < end || fill()) {
      any = true;
      int feed = at;
      while (feed < end && chunk[feed] != '\n') {
        feed++;
      }

      append(feed - at);
      at = feed + 1;
      if (feed < end) {
        dropCarriageReturn();
        return true;
      }
    }

    if (any) {
      dropCarriageReturn();
    }

    return any;
  }

  byte[] bytes() {
    return line;
  }

  int length() {
    return length;
  }

  /** Whether the line had more bytes than allowed; its content is incomplete then. */
  boolean isTooLong() {
    return tooLong;
  }

  private void append(int count) {
    if (tooLong || count > maxBytes - length) {
      tooLong = true;
      return;
    }

    if (length + count > line.length) {
      line = Arrays.copyOf(line, (int) Math.min(maxBytes, 2L * (length + count)));
    }

    System.arraycopy(chunk, at, line, length, count);
    length += count;
  }

  private void dropCarriageReturn() {
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(chunk, 0, chunk.length));
    return end > 0;
  }
}
