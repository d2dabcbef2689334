// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.store.Storage;

/**
 * The unpacked bytes of a corpus file, with a window that can be looked at ahead. Damage of a
 * packed file shows as {@link CorruptDataException} that names the file, wherever it is met.
 */
final class CorpusStream extends InputStream {
  /** How far {@link #peek} sees. */
  static final int PEEK_BYTES = 8 << 10;

  private static final int BUFFER_BYTES = 64 << 10;

  /** The largest window of `zstd --long`; memory follows what a frame really asks for. */
  private static final int MAX_WINDOW_LOG = 31;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final String name;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;

  private CorpusStream(InputStream in, String name) {
    this.in = in;
    this.name = name;
  }

  static CorpusStream open(Configuration hadoop, CorpusFile file) throws IOException {
    Path path = new Path(file.path());
    String name = Storage.display(path);
    InputStream stored = Storage.fileSystem(hadoop, path).open(path);
    try {
      return new CorpusStream(unpack(file, stored, name), name);
    } catch (IOException | RuntimeException e) {
      stored.close();
      throw e;
    }
  }

  /** Up to {@link #PEEK_BYTES} bytes that are read next; fewer only at the end of the file. */
  byte[] peek() throws IOException {
    if (end - at < PEEK_BYTES) {
      System.arraycopy(buffer, at, buffer, 0, end - at);
      end -= at;
      at = 0;
      while (end < PEEK_BYTES) {
        int read = readUnpacked(buffer, end, buffer.length - end);
        if (read < 0) {
          break;
        }

        end += read;
      }
    }

    return Arrays.copyOfRange(buffer, at, Math.min(end, at + PEEK_BYTES));
  }

  void skipByteOrderMark() throws IOException {
    byte[] ahead = peek();
    int mark = BYTE_ORDER_MARK.length;
    if (ahead.length >= mark && Arrays.equals(ahead, 0, mark, BYTE_ORDER_MARK, 0, mark)) {
      at += mark;
    }
  }

  @Override
  public int read() throws IOException {
    return fill() ? buffer[at++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] destination, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }

    if (!fill()) {
      return -1;
    }

    int copied = Math.min(length, end - at);
    System.arraycopy(buffer, at, destination, from, copied);
    at += copied;
    return copied;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean fill() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, readUnpacked(buffer, 0, buffer.length));
    }

    return end > at;
  }

  private int readUnpacked(byte[] destination, int from, int length) throws IOException {
    try {
      return in.read(destination, from, length);
    } catch (ZstdIOException | EOFException | ZipException e) {
      throw damaged(name, e);
    }
  }

  private static InputStream unpack(CorpusFile file, InputStream stored, String name)
      throws IOException {
    if (!file.isGzip() && !file.isZstandard()) {
      return stored;
    }

    if (file.bytes() == 0) {
      throw damaged(name, new EOFException("The file is empty"));
    }

    if (file.isZstandard()) {
      return new ZstdInputStream(stored).setLongMax(MAX_WINDOW_LOG);
    }

    try {
      return new GZIPInputStream(new NeverDry(stored), BUFFER_BYTES);
    } catch (EOFException | ZipException e) {
      throw damaged(name, e);
    }
  }

  private static CorruptDataException damaged(String name, IOException cause) {
    return new CorruptDataException(
        "Cannot unpack ["
            + name
            + "]: the file is truncated or damaged ("
            + cause.getMessage()
            + "). Fetch it again.",
        cause);
  }

  /**
   * Says that more can be read until the end was seen. {@link GZIPInputStream} looks for a further
   * member only then, and a remote stream between two requests has nothing available.
   */
  private static final class NeverDry extends FilterInputStream {
    NeverDry(InputStream in) {
      super(in);
    }

    @Override
    public int available() {
      return 1;
    }
  }
}
