// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.hopespark.data.store.Checksum;

/**
 * The records of some files as rows, streamed: every record of a file, kept or dropped, with its
 * ordinal. Identity comes from named hashes of content and place only, so the rows are the same
 * however files are spread over tasks and however often a task runs.
 */
public final class DocumentRows implements Iterator<Row> {
  public static final String ID = "id";
  public static final String SOURCE = "source";
  public static final String ORDINAL = "ordinal";
  public static final String DOMAIN = "domain";
  public static final String TEXT = "text";
  public static final String SPLIT = "split";
  public static final String REASON = "reason";
  public static final String REPAIRED = "repaired";
  public static final String TEXT_HASH = "text_hash";
  public static final String SPLIT_HASH = "split_hash";

  /** What {@link #next()} gives. */
  public static final StructType RECORDS =
      new StructType()
          .add(ID, DataTypes.StringType)
          .add(SOURCE, DataTypes.StringType)
          .add(ORDINAL, DataTypes.LongType)
          .add(DOMAIN, DataTypes.StringType)
          .add(TEXT, DataTypes.StringType)
          .add(REASON, DataTypes.StringType)
          .add(REPAIRED, DataTypes.BooleanType)
          .add(TEXT_HASH, DataTypes.StringType)
          .add(SPLIT_HASH, DataTypes.LongType);

  /** What stands in the Parquet files. */
  public static final StructType DOCUMENTS =
      new StructType()
          .add(ID, DataTypes.StringType)
          .add(SOURCE, DataTypes.StringType)
          .add(ORDINAL, DataTypes.LongType)
          .add(DOMAIN, DataTypes.StringType)
          .add(TEXT, DataTypes.StringType)
          .add(SPLIT, DataTypes.StringType);

  /** Fixed for good: with another salt every corpus would be split anew. */
  private static final Hasher64 SPLIT_HASHER = Hashing.xxh3_64(0x686F70652D73706CL);

  private final Configuration hadoop;
  private final Iterator<CorpusFile> files;
  private CorpusFile file;
  private RecordReader reader;
  private long ordinal;
  private Row next;

  public DocumentRows(Configuration hadoop, List<CorpusFile> files) {
    this.hadoop = hadoop;
    this.files = files.iterator();
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && (reader != null || openNext())) {
        SourceRecord record = reader.next();
        if (record == null) {
          close();
        } else {
          next = row(record);
          ordinal++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + file.path() + "]", e);
    }

    return next != null;
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }

    Row row = next;
    next = null;
    return row;
  }

  /** Closes the file that is open, if any. */
  public void close() {
    if (reader == null) {
      return;
    }

    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close [" + file.path() + "]", e);
    } finally {
      reader = null;
    }
  }

  /** A document's id: 32 hex digits from where it stands. */
  public static String id(String source, long ordinal) {
    byte[] name = source.getBytes(StandardCharsets.UTF_8);
    byte[] key = ByteBuffer.allocate(name.length + Long.BYTES).put(name).putLong(ordinal).array();
    return Checksum.hex(Hashing.xxh3_128().hashBytesTo128Bits(key));
  }

  private boolean openNext() throws IOException {
    if (!files.hasNext()) {
      return false;
    }

    file = files.next();
    ordinal = 0;
    reader = RecordReader.open(hadoop, file);
    return true;
  }

  private Row row(SourceRecord record) {
    String id = id(file.source(), ordinal);
    if (record.reason() != null) {
      return RowFactory.create(
          id,
          file.source(),
          ordinal,
          record.domain(),
          null,
          record.reason().label(),
          record.repaired(),
          null,
          null);
    }

    HashValue128 hash =
        Hashing.xxh3_128().hashBytesTo128Bits(record.text().getBytes(StandardCharsets.UTF_8));
    return RowFactory.create(
        id,
        file.source(),
        ordinal,
        record.domain(),
        record.text(),
        null,
        record.repaired(),
        Checksum.hex(hash),
        splitHash(hash));
  }

  /** Uniform on [0, 2^63): the share of a split is a threshold on it. */
  private static long splitHash(HashValue128 textHash) {
    return SPLIT_HASHER.hashLongLongToLong(
            textHash.getMostSignificantBits(), textHash.getLeastSignificantBits())
        >>> 1;
  }
}
