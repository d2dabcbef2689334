// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.hopespark.spark.InvalidUsageException;

/** Small UTF-8 files on whatever file system their path names. */
public final class TextFiles {
  private final Configuration hadoop;

  public TextFiles(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** Returns the text of a file, or nothing where there is no such file. */
  public Optional<String> read(String path) {
    Path file = new Path(path);
    try (InputStream in = fileSystem(file).open(file)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + path + "]: " + e.getMessage(), e);
    }
  }

  /**
   * Creates a file with the text, and its directories.
   *
   * @throws InvalidUsageException if there is one already
   */
  public void create(String path, String text) {
    Path file = new Path(path);
    // The text is complete before the file exists, so nothing half-written is left by a failure
    // above this line.
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = fileSystem(file).create(file, /* overwrite= */ false)) {
      out.write(bytes);
    } catch (FileAlreadyExistsException e) {
      throw new InvalidUsageException(
          "Cannot write [%s]: it exists already. Remove it, or name another output."
              .formatted(path),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write [" + path + "]: " + e.getMessage(), e);
    }
  }

  public boolean exists(String path) {
    Path file = new Path(path);
    try {
      return fileSystem(file).exists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for [" + path + "]: " + e.getMessage(), e);
    }
  }

  /** Local files are written without Hadoop's .crc companions: people list these directories. */
  private FileSystem fileSystem(Path path) throws IOException {
    FileSystem fileSystem = path.getFileSystem(hadoop);
    return fileSystem instanceof LocalFileSystem local ? local.getRawFileSystem() : fileSystem;
  }
}
