// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Storage;
import org.hopespark.data.store.WholeFile;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.spark.report.TextFiles;

/** Where results go: checked before the work, so that nobody computes for hours to be refused. */
final class Outputs {
  private Outputs() {}

  /**
   * Checks that there is nothing at a path.
   *
   * @throws InvalidUsageException if there is
   */
  static void requireAbsent(TextFiles files, String path) {
    if (files.exists(path)) {
      throw new InvalidUsageException(
          "Invalid --output [%s]: it exists already. Remove it, or name another output."
              .formatted(path));
    }
  }

  /**
   * Creates files, their directories too, all or none: each is whole when it appears, and where one
   * cannot be had those before it are removed.
   *
   * @param output the file, or the directory of all of them, that was absent before
   * @param files bytes by path
   * @throws InvalidUsageException if there is one of them already
   */
  static void createAll(Configuration hadoop, String output, Map<String, byte[]> files) {
    List<Path> created = new ArrayList<>();
    boolean all = false;
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path path = Storage.qualified(hadoop, file.getKey());
        if (!WholeFile.createIfAbsent(hadoop, path, file.getValue())) {
          throw new InvalidUsageException(
              "Cannot write [%s]: it exists already. Remove it, or name another output."
                  .formatted(file.getKey()));
        }
        created.add(path);
      }
      all = true;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write: " + e.getMessage(), e);
    } finally {
      if (!all) {
        if (!files.containsKey(output)) {
          created.add(Storage.qualified(hadoop, output));
        }
        remove(hadoop, created);
      }
    }
  }

  private static void remove(Configuration hadoop, List<Path> files) {
    for (Path file : files) {
      try {
        Storage.fileSystem(hadoop, file).delete(file, /* recursive= */ false);
      } catch (IOException e) {
        // What kept the others from being written is what the user has to hear of.
      }
    }
  }
}
