// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk under {@code failing:///}, where a checkpoint finds no space for all of itself.
 */
public final class FailingFileSystem extends RawLocalFileSystem {
  static final String SCHEME = "failing";

  /** Below directories of this name there is no more than {@link #SPACE}. */
  private static volatile String full = "";

  /** Bytes that may still be written there. */
  static final AtomicLong SPACE = new AtomicLong(Long.MAX_VALUE);

  /** So often does a full disk say so before there is space again. */
  static final AtomicLong FAILURES = new AtomicLong(Long.MAX_VALUE);

  /** Names of the files that were read. */
  static final Set<String> OPENED = ConcurrentHashMap.newKeySet();

  static void configure(Configuration hadoop) {
    hadoop.set("fs." + SCHEME + ".impl", FailingFileSystem.class.getName());
    SPACE.set(Long.MAX_VALUE);
    FAILURES.set(Long.MAX_VALUE);
    OPENED.clear();
  }

  /** Leaves {@code space} bytes for what is written below directories that begin with a name. */
  static void fill(String directory, long space) {
    full = directory;
    SPACE.set(space);
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    OPENED.add(file.getName());
    return super.open(file, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    OutputStream out = super.create(file, overwrite, bufferSize, replication, blockSize, progress);
    return file.getParent().getName().startsWith(full)
        ? new FSDataOutputStream(new Limited(out), statistics)
        : new FSDataOutputStream(out, statistics);
  }

  private static final class Limited extends FilterOutputStream {
    Limited(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (SPACE.addAndGet(-length) < 0) {
        if (FAILURES.decrementAndGet() <= 0) {
          SPACE.set(Long.MAX_VALUE);
        }
        throw new IOException("No space left on device");
      }
      out.write(bytes, from, length);
    }
  }
}
