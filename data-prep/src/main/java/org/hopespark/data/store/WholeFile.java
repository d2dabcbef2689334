// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A file that becomes visible whole, and only where none was. */
public final class WholeFile {
  private WholeFile() {}

  /**
   * @return whether this call created the file; false if it was there
   */
  public static boolean createIfAbsent(Configuration hadoop, Path path, byte[] bytes)
      throws IOException {
    FileSystem fileSystem = Storage.fileSystem(hadoop, path);
    Path temporary =
        new Path(path.getParent(), "_" + path.getName() + "-" + UUID.randomUUID() + ".tmp");
    if (fileSystem instanceof RawLocalFileSystem local) {
      return linkIfAbsent(local, path, temporary, bytes);
    }

    if ("hdfs".equals(fileSystem.getScheme())) {
      return renameIfAbsent(fileSystem, path, temporary, bytes);
    }

    // Object stores show a file when its stream is closed.
    try {
      write(fileSystem, path, bytes);
      return true;
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    }
  }

  /** A rename on a local disk replaces its target; a hard link does not. */
  private static boolean linkIfAbsent(
      RawLocalFileSystem local, Path path, Path temporary, byte[] bytes) throws IOException {
    try {
      write(local, temporary, bytes);
      Files.createLink(local.pathToFile(path).toPath(), local.pathToFile(temporary).toPath());
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException e) {
      return !local.exists(path) && local.rename(temporary, path);
    } finally {
      local.delete(temporary, /* recursive= */ false);
    }
  }

  /** A rename within HDFS is atomic and refuses a target that is there. */
  private static boolean renameIfAbsent(
      FileSystem fileSystem, Path path, Path temporary, byte[] bytes) throws IOException {
    try {
      write(fileSystem, temporary, bytes);
      return !fileSystem.exists(path) && fileSystem.rename(temporary, path);
    } finally {
      fileSystem.delete(temporary, /* recursive= */ false);
    }
  }

  private static void write(FileSystem fileSystem, Path path, byte[] bytes) throws IOException {
    try (OutputStream out = fileSystem.create(path, /* overwrite= */ false)) {
      out.write(bytes);
    }
  }
}
