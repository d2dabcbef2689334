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
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Storage;
import org.hopespark.data.store.WholeFile;
import org.hopespark.spark.InvalidUsageException;

/** Small UTF-8 files on whatever file system their path names. */
public final class TextFiles {
  private final Configuration hadoop;

  public TextFiles(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** Returns the text of a file, or nothing where there is no such file. */
  public Optional<String> read(String path) {
    Path file = Storage.qualified(hadoop, path);
    try (InputStream in = Storage.fileSystem(hadoop, file).open(file)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + path + "]: " + e.getMessage(), e);
    }
  }

  /**
   * Creates a file with the text, and its directories; nobody sees a part of it.
   *
   * @throws InvalidUsageException if there is one already
   */
  public void create(String path, String text) {
    boolean created;
    try {
      created =
          WholeFile.createIfAbsent(
              hadoop, Storage.qualified(hadoop, path), text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write [" + path + "]: " + e.getMessage(), e);
    }

    if (!created) {
      throw new InvalidUsageException(
          "Cannot write [%s]: it exists already. Remove it, or name another output."
              .formatted(path));
    }
  }

  /** Writes a file with the text, in place of one that may be there. */
  public void replace(String path, String text) {
    Path file = Storage.qualified(hadoop, path);
    try (OutputStream out = Storage.fileSystem(hadoop, file).create(file, /* overwrite= */ true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write [" + path + "]: " + e.getMessage(), e);
    }
  }

  public boolean exists(String path) {
    Path file = Storage.qualified(hadoop, path);
    try {
      return Storage.fileSystem(hadoop, file).exists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for [" + path + "]: " + e.getMessage(), e);
    }
  }
}
