// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.hopespark.spark.InvalidUsageException;
import org.hopespark.tokenizer.Tokenizer;

/** Files that a command reads itself. */
final class Inputs {
  private final Terminal terminal;
  private final Configuration hadoop = new Configuration();

  Inputs(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Opens a file, or standard input where the path is null.
   *
   * @throws InvalidUsageException if there is no such file
   */
  InputStream open(String path) throws IOException {
    if (path == null) {
      return new FilterInputStream(terminal.in()) {
        @Override
        public void close() {} // the process owns it
      };
    }

    Path file = new Path(path);
    FileSystem fileSystem = file.getFileSystem(hadoop);
    try {
      return fileSystem.open(file);
    } catch (FileNotFoundException e) {
      throw new InvalidUsageException(
          "Missing file [%s]: there is none at this path. Check the path.".formatted(path), e);
    }
  }

  /**
   * Opens a configuration: a file, or where there is none, the preset of that name.
   *
   * @throws InvalidUsageException if there is neither
   */
  InputStream config(String pathOrName) throws IOException {
    Path file = new Path(pathOrName);
    return Presets.NAMES.contains(pathOrName) && !file.getFileSystem(hadoop).exists(file)
        ? Presets.open(pathOrName)
        : open(pathOrName);
  }

  /** Whether there is something at a path. */
  boolean exists(String path) throws IOException {
    Path file = new Path(path);
    return file.getFileSystem(hadoop).exists(file);
  }

  /** Reads a tokenizer. */
  Tokenizer tokenizer(String path) throws IOException {
    try (InputStream in = open(path)) {
      return Tokenizer.read(in);
    }
  }
}
