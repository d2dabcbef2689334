// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.SparkEnv;

/** The local disk under {@code slow:///}, slow for what executors write to one directory. */
public final class SlowFileSystem extends RawLocalFileSystem {
  static final String SCHEME = "slow";
  static final String DIRECTORY = "step-00000080";
  private static final long MILLIS = 2500;

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public String getScheme() {
    return SCHEME;
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
    if (file.getParent().getName().equals(DIRECTORY)
        && !SparkEnv.get().executorId().equals("driver")) {
      try {
        Thread.sleep(MILLIS);
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }
    return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
  }
}
