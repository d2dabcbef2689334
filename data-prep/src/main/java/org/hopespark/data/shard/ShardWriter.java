// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Checksum;
import org.hopespark.data.store.FileDigest;

/**
 * Writes one shard: documents in, an Arrow IPC stream and its index out. Documents come in the
 * order of their ids. Memory is that of one record batch.
 */
public final class ShardWriter implements AutoCloseable {
  /**
   * A batch is closed at either bound: large, because readers walk all batch headers on opening.
   */
  static final int MAX_BATCH_TOKENS = 16 << 20;

  static final int MAX_BATCH_DOCUMENTS = 64 << 10;

  private final Configuration hadoop;
  private final Path directory;
  private final ShardFormat format;
  private final String split;
  private final int ordinal;
  private final String suffix;
  private final int maxBatchDocuments;
  private final ArrowStreamFile file;
  private final MessageDigest tokensSha256 = Checksum.sha256();
  private final SortedMap<String, Long> tokensByDomain = new TreeMap<>();
  private final RowBuffer rows;
  private byte[] firstId;
  private byte[] lastId;
  private int minId = Integer.MAX_VALUE;
  private int maxId = Integer.MIN_VALUE;

  /**
   * @param directory the data set's directory
   * @param suffix makes the file names unique to an attempt
   */
  public ShardWriter(
      Configuration hadoop,
      Path directory,
      ShardFormat format,
      String split,
      int ordinal,
      String suffix)
      throws IOException {
    this(hadoop, directory, format, split, ordinal, suffix, MAX_BATCH_DOCUMENTS);
  }

  ShardWriter(
      Configuration hadoop,
      Path directory,
      ShardFormat format,
      String split,
      int ordinal,
      String suffix,
      int maxBatchDocuments)
      throws IOException {
    this.hadoop = hadoop;
    this.directory = directory;
    this.format = format;
    this.split = split;
    this.ordinal = ordinal;
    this.suffix = suffix;
    this.maxBatchDocuments = maxBatchDocuments;
    this.rows = new RowBuffer(format.width().numBytes());
    this.file =
        new ArrowStreamFile(
            hadoop, directory, fileName(), format.schema(split, ordinal), format.width());
  }

  /**
   * Adds a document.
   *
   * @param id 16 bytes, larger than the one before
   * @param domain position in the format's domains
   * @param tokens ids in the format's width, little-endian, the last one end-of-text
   */
  public void add(byte[] id, int domain, byte[] tokens) throws IOException {
    if (lastId != null && Arrays.compareUnsigned(lastId, id) >= 0) {
      throw new IllegalArgumentException("Documents are not in the order of their ids");
    }

    int numTokens = tokens.length / format.width().numBytes();
    boolean isFull =
        rows.documents() == maxBatchDocuments
            || (rows.documents() > 0 && rows.tokens() + numTokens > MAX_BATCH_TOKENS);
    if (isFull) {
      file.write(rows);
      rows.clear();
    }

    rows.add(id, (short) domain, tokens);
    account(tokens, numTokens);
    tokensByDomain.merge(format.domains().get(domain), (long) numTokens, Long::sum);
    firstId = firstId == null ? id.clone() : firstId;
    lastId = id.clone();
  }

  /** Writes what is left and the index. */
  public ShardSummary finish() throws IOException {
    if (rows.documents() > 0) {
      file.write(rows);
    }

    FileDigest arrow = file.finish(fileName());
    ShardIndex index = file.index();
    FileDigest indexFile =
        FileDigest.write(
            hadoop,
            directory,
            String.format("index/%s-%05d-%s.idx", split, ordinal, suffix),
            index.toBytes());
    return new ShardSummary(
        split,
        ordinal,
        arrow,
        indexFile,
        index.documents(),
        index.tokens(),
        Checksum.hex(tokensSha256.digest()),
        minId,
        maxId,
        Checksum.hex(firstId),
        Checksum.hex(lastId),
        tokensByDomain);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void account(byte[] tokens, int numTokens) {
    ByteBuffer in = ByteBuffer.wrap(tokens).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer ids = ByteBuffer.allocate(numTokens * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < tokens.length; at += format.width().numBytes()) {
      int id = format.width().decode(in, at);
      minId = Math.min(minId, id);
      maxId = Math.max(maxId, id);
      ids.putInt(id);
    }

    tokensSha256.update(ids.array());
  }

  private String fileName() {
    return String.format("%s/data-%05d-%s.arrow", split, ordinal, suffix);
  }
}
