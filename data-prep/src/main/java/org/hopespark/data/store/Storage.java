// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.CorruptDataException;

/**
 * The way to files: Hadoop's {@link FileSystem} for every scheme. Local files are reached below
 * Hadoop's checksum layer, because the manifests carry stronger digests and the layer would leave a
 * hidden file beside each of ours.
 */
public final class Storage {
  private Storage() {}

  public static FileSystem fileSystem(Configuration hadoop, Path path) {
    try {
      FileSystem fileSystem = path.getFileSystem(hadoop);
      return fileSystem instanceof ChecksumFileSystem checked
          ? checked.getRawFileSystem()
          : fileSystem;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The path with scheme and authority, as Spark and the messages name it. */
  public static Path qualified(Configuration hadoop, String path) {
    Path given = new Path(path);
    return fileSystem(hadoop, given).makeQualified(given);
  }

  /** Whole content of a small file that a manifest lists. */
  public static byte[] readListed(Configuration hadoop, Path path) {
    try (InputStream in = openListed(hadoop, path)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + display(path) + "]", e);
    }
  }

  /** Opens a file that a manifest lists: without it the data is damaged. */
  public static FSDataInputStream openListed(Configuration hadoop, Path path) throws IOException {
    try {
      return fileSystem(hadoop, path).open(path);
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    }
  }

  /** Size in bytes of a file that a manifest lists. */
  static long listedBytes(Configuration hadoop, Path path) {
    try {
      return fileSystem(hadoop, path).getFileStatus(path).getLen();
    } catch (FileNotFoundException e) {
      throw missing(path, e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + display(path) + "]", e);
    }
  }

  /** The path as a user types it: local files without their scheme. */
  public static String display(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  private static CorruptDataException missing(Path path, FileNotFoundException cause) {
    return new CorruptDataException(
        "Missing file ["
            + display(path)
            + "]: the manifest lists it. Restore the file or make the directory again.",
        cause);
  }
}
