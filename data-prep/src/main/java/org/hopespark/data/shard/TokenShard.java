// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.store.Checksum;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;

/**
 * The tokens of one shard, read in place: a local file is mapped, another one is held in direct
 * memory, and a window of tokens is copied straight from the values buffers that the index names.
 * Safe for many threads.
 */
public final class TokenShard {
  private static final int CHUNK_BYTES = 1 << 20;

  private final long tokens;

  /** First token of each batch, and the end of the last one. */
  private final long[] firstTokens;

  private final TokenBuffer[] values;

  private TokenShard(long[] firstTokens, TokenBuffer[] values) {
    this.firstTokens = firstTokens;
    this.values = values;
    this.tokens = firstTokens[values.length];
  }

  /**
   * Opens a shard and compares it with what the manifest says.
   *
   * @throws CorruptDataException that names the file which differs
   */
  public static TokenShard open(Configuration hadoop, Path directory, ShardSummary summary) {
    FileDigest file = summary.file();
    file.verifySize(hadoop, directory);
    try {
      Path path = new Path(directory, file.name());
      ByteBuffer content = content(hadoop, path, Math.toIntExact(file.bytes()));
      String found = xxh3(content);
      if (!found.equals(file.xxh3())) {
        throw file.corrupt(directory, "xxh3-128", file.xxh3(), found);
      }

      return of(content, index(hadoop, directory, summary));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read shard [" + file.name() + "]", e);
    }
  }

  /** Reads the index file of a shard and compares it with what the manifest says. */
  static ShardIndex index(Configuration hadoop, Path directory, ShardSummary summary) {
    FileDigest file = summary.index();
    byte[] bytes = Storage.readListed(hadoop, new Path(directory, file.name()));
    String found = xxh3(ByteBuffer.wrap(bytes));
    if (!found.equals(file.xxh3())) {
      throw file.corrupt(directory, "xxh3-128", file.xxh3(), found);
    }

    try {
      return ShardIndex.parse(bytes);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(
          "Invalid index ["
              + Storage.display(new Path(directory, file.name()))
              + "]: "
              + e.getMessage()
              + ". Make the shards again.",
          e);
    }
  }

  public long tokens() {
    return tokens;
  }

  /** Copies {@code count} ids from token {@code from} on; they may come from several documents. */
  public void copy(long from, int count, int[] destination, int at) {
    int batch = batchOf(from);
    long token = from;
    int left = count;
    int to = at;
    while (left > 0) {
      int run = (int) Math.min(left, firstTokens[batch + 1] - token);
      values[batch].copy((int) (token - firstTokens[batch]), run, destination, to);
      token += run;
      to += run;
      left -= run;
      batch++;
    }
  }

  /** Adds the occurrences of each id to {@code counts}. */
  public void count(long[] counts) {
    int[] chunk = new int[CHUNK_BYTES / Integer.BYTES];
    for (long from = 0; from < tokens; from += chunk.length) {
      int length = (int) Math.min(chunk.length, tokens - from);
      copy(from, length, chunk, 0);
      for (int i = 0; i < length; i++) {
        counts[chunk[i]]++;
      }
    }
  }

  private int batchOf(long token) {
    int low = 0;
    int high = values.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (firstTokens[middle] <= token) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }

    return low;
  }

  private static TokenShard of(ByteBuffer content, ShardIndex index) {
    List<ShardIndex.Batch> batches = index.batches();
    long[] firstTokens = new long[batches.size() + 1];
    TokenBuffer[] values = new TokenBuffer[batches.size()];
    for (int i = 0; i < values.length; i++) {
      ShardIndex.Batch batch = batches.get(i);
      int from = Math.toIntExact(batch.valuesAt());
      int length = Math.toIntExact(batch.tokens() * index.tokenBytes());
      ByteBuffer slice = content.slice(from, length).order(ByteOrder.LITTLE_ENDIAN);
      values[i] =
          index.tokenBytes() == TokenWidth.UINT16.numBytes()
              ? new Uint16Buffer(slice.asCharBuffer())
              : new Int32Buffer(slice.asIntBuffer());
      firstTokens[i + 1] = firstTokens[i] + batch.tokens();
    }

    return new TokenShard(firstTokens, values);
  }

  private static ByteBuffer content(Configuration hadoop, Path path, int bytes) throws IOException {
    FileSystem fileSystem = Storage.fileSystem(hadoop, path);
    if (fileSystem instanceof RawLocalFileSystem local) {
      try (FileChannel channel =
          FileChannel.open(local.pathToFile(path).toPath(), StandardOpenOption.READ)) {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes);
      }
    }

    ByteBuffer content = ByteBuffer.allocateDirect(bytes);
    byte[] chunk = new byte[CHUNK_BYTES];
    try (FSDataInputStream in = fileSystem.open(path)) {
      while (content.hasRemaining()) {
        int length = Math.min(chunk.length, content.remaining());
        in.readFully(chunk, 0, length);
        content.put(chunk, 0, length);
      }
    }

    return content.flip();
  }

  private static String xxh3(ByteBuffer content) {
    HashStream128 hash = Hashing.xxh3_128().hashStream();
    byte[] chunk = new byte[Math.max(1, Math.min(CHUNK_BYTES, content.capacity()))];
    for (int at = 0; at < content.capacity(); at += chunk.length) {
      int length = Math.min(chunk.length, content.capacity() - at);
      content.get(at, chunk, 0, length);
      hash.putBytes(chunk, 0, length);
    }

    return Checksum.hex(hash.get());
  }

  /** The values buffer of one batch. */
  private interface TokenBuffer {
    void copy(int from, int count, int[] destination, int at);
  }

  private record Uint16Buffer(CharBuffer values) implements TokenBuffer {
    private static final int CHUNK_TOKENS = 1 << 12;

    /** Widening from an array is vectorised, reading a buffer id by id is not. */
    private static final ThreadLocal<char[]> CHUNK =
        ThreadLocal.withInitial(() -> new char[CHUNK_TOKENS]);

    @Override
    public void copy(int from, int count, int[] destination, int at) {
      char[] chunk = CHUNK.get();
      for (int done = 0; done < count; done += chunk.length) {
        int length = Math.min(chunk.length, count - done);
        values.get(from + done, chunk, 0, length);
        widen(chunk, length, destination, at + done);
      }
    }

    private static void widen(char[] chunk, int length, int[] destination, int at) {
      for (int i = 0; i < length; i++) {
        destination[at + i] = chunk[i];
      }
    }
  }

  private record Int32Buffer(IntBuffer values) implements TokenBuffer {
    @Override
    public void copy(int from, int count, int[] destination, int at) {
      values.get(from, destination, at, count);
    }
  }
}
