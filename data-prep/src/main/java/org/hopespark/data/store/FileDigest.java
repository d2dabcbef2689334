// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.CorruptDataException;

/**
 * What a manifest promises of one file.
 *
 * @param name path relative to the manifest's directory, with forward slashes
 * @param bytes size in bytes
 * @param sha256 64 hex digits, for people with standard tools
 * @param xxh3 128-bit XXH3, 32 hex digits, for readers in a hurry
 */
public record FileDigest(String name, long bytes, String sha256, String xxh3)
    implements Serializable {
  /** Reads the file under {@code directory} and returns what it holds. */
  public static FileDigest of(Configuration hadoop, Path directory, String name) {
    Checksum checksum = new Checksum();
    Path path = new Path(directory, name);
    try (InputStream in = Storage.openListed(hadoop, path)) {
      checksum.update(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + Storage.display(path) + "]", e);
    }
    return checksum.digest(name);
  }

  /** Writes a small file whole and returns its digest; an existing file is replaced. */
  public static FileDigest write(Configuration hadoop, Path directory, String name, byte[] bytes) {
    Path path = new Path(directory, name);
    try (OutputStream out = Storage.fileSystem(hadoop, path).create(path, /* overwrite= */ true)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write [" + Storage.display(path) + "]", e);
    }
    Checksum checksum = new Checksum();
    checksum.update(bytes, 0, bytes.length);
    return checksum.digest(name);
  }

  /** Re-reads the file and compares everything. */
  public void verify(Configuration hadoop, Path directory) {
    FileDigest found = of(hadoop, directory, name);
    if (found.bytes != bytes) {
      throw corrupt(directory, "size in bytes", Long.toString(bytes), Long.toString(found.bytes));
    }

    if (!found.sha256.equals(sha256)) {
      throw corrupt(directory, "sha256", sha256, found.sha256);
    }

    if (!found.xxh3.equals(xxh3)) {
      throw corrupt(directory, "xxh3-128", xxh3, found.xxh3);
    }
  }

  /** Looks whether the file is there with its size, without reading it. */
  public void verifySize(Configuration hadoop, Path directory) {
    long found = Storage.listedBytes(hadoop, new Path(directory, name));
    if (found != bytes) {
      throw corrupt(directory, "size in bytes", Long.toString(bytes), Long.toString(found));
    }
  }

  /** The complaint about a file that differs from its promise. */
  public CorruptDataException corrupt(Path directory, String what, String promised, String found) {
    return new CorruptDataException(
        "Invalid file ["
            + Storage.display(new Path(directory, name))
            + "]: its "
            + what
            + " is "
            + found
            + " and the manifest says "
            + promised
            + ". Restore the file or make the directory again.");
  }
}
