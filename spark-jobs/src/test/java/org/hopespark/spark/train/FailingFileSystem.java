// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk under {@code failing:///}, where a checkpoint finds no space for all of itself, or
 * a slow network.
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

  /** Below directories of this name nothing is written until the gate opens. */
  private static volatile String slow = null;

  private static volatile CountDownLatch gate = new CountDownLatch(0);

  /** Called before a directory of that name is made. */
  static final Map<String, Runnable> BEFORE = new ConcurrentHashMap<>();

  static void configure(Configuration hadoop) {
    hadoop.set("fs." + SCHEME + ".impl", FailingFileSystem.class.getName());
    SPACE.set(Long.MAX_VALUE);
    FAILURES.set(Long.MAX_VALUE);
    OPENED.clear();
    BEFORE.clear();
    open();
  }

  /** Holds up what is written below directories that begin with a name. */
  static void hold(String directory) {
    gate = new CountDownLatch(1);
    slow = directory;
  }

  /** Lets it go on. */
  static void open() {
    slow = null;
    gate.countDown();
  }

  @Override
  public boolean mkdirs(Path directory) throws IOException {
    Runnable hook = BEFORE.remove(directory.getName());
    if (hook != null) {
      hook.run();
    }
    return super.mkdirs(directory);
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
    if (slow != null && file.getParent().getName().startsWith(slow)) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }
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
