// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Checksum;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;

/**
 * Writes a safetensors file and takes its digests in the same pass: of the whole file, and of the
 * tensors alone, which is the same for two models whose parameters are.
 */
final class DigestedOutput extends FilterOutputStream {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Checksum whole = new Checksum();
  private final MessageDigest tensors = Checksum.sha256();
  private final ByteBuffer headerLength =
      ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long headerLeft;

  private DigestedOutput(OutputStream out) {
    super(out);
  }

  /** What makes the content. */
  interface Writer {
    void write(OutputStream out) throws IOException;
  }

  /**
   * The digests of a written file.
   *
   * @param file for the manifest
   * @param tensors sha256 of the tensor bytes, hexadecimal
   * @param tensorsBegin where they begin in the file
   */
  record Written(FileDigest file, String tensors, long tensorsBegin) {}

  static Written write(Configuration hadoop, Path directory, String name, Writer writer)
      throws IOException {
    Path path = new Path(directory, name);
    DigestedOutput digested =
        new DigestedOutput(Storage.fileSystem(hadoop, path).create(path, /* overwrite= */ false));
    try (OutputStream out = new BufferedOutputStream(digested, BUFFER_BYTES)) {
      writer.write(out);
    }
    return digested.written(name);
  }

  /** Takes the digests of what nobody keeps. */
  static Written discard(String name, Writer writer) throws IOException {
    DigestedOutput digested = new DigestedOutput(OutputStream.nullOutputStream());
    try (OutputStream out = new BufferedOutputStream(digested, BUFFER_BYTES)) {
      writer.write(out);
    }
    return digested.written(name);
  }

  private Written written(String name) {
    return new Written(
        whole.digest(name), Checksum.hex(tensors.digest()), Long.BYTES + headerLength.getLong(0));
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    out.write(bytes, from, length);
    whole.update(bytes, from, length);
    int skipped = skipHeader(bytes, from, length);
    tensors.update(bytes, from + skipped, length - skipped);
  }

  /** A safetensors file begins with the length of its JSON header, 64 bits little-endian. */
  private int skipHeader(byte[] bytes, int from, int length) {
    int skipped = 0;
    while (headerLength.hasRemaining() && skipped < length) {
      headerLength.put(bytes[from + skipped++]);
      if (!headerLength.hasRemaining()) {
        headerLeft = headerLength.getLong(0);
      }
    }
    int header = (int) Math.min(headerLeft, length - skipped);
    headerLeft -= header;
    return skipped + header;
  }
}
