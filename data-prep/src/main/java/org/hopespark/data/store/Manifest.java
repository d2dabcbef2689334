// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.InvalidInputException;

/**
 * Reading {@code manifest.json}: a directory is what its manifest says, and nothing without one.
 */
public final class Manifest {
  public static final String NAME = "manifest.json";

  /** Field of every manifest that says what the directory holds. */
  private static final String FORMAT = "format";

  private Manifest() {}

  /** The format that the directory's manifest names; empty where there is no manifest. */
  public static Optional<String> format(Configuration hadoop, Path directory) {
    return bytes(hadoop, directory).map(bytes -> tree(directory, bytes).path(FORMAT).asText());
  }

  /**
   * Reads the manifest of a finished directory.
   *
   * @param format what the directory has to hold
   * @throws InvalidInputException without a manifest, or with one of another format
   * @throws CorruptDataException if the manifest cannot be read
   */
  public static <T> T read(Configuration hadoop, Path directory, String format, Class<T> type) {
    byte[] bytes =
        bytes(hadoop, directory)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "Missing manifest ["
                            + Storage.display(new Path(directory, NAME))
                            + "]: a finished directory of "
                            + format
                            + " has one. Give a directory that was completed."));
    JsonNode tree = tree(directory, bytes);
    String found = tree.path(FORMAT).asText();
    if (!found.equals(format)) {
      throw new InvalidInputException(
          "Invalid directory ["
              + Storage.display(directory)
              + "]: it holds "
              + (found.isEmpty() ? "an unknown format" : found)
              + " and "
              + format
              + " is needed. Give the output directory of the step before.");
    }

    try {
      return Json.mapper().treeToValue(tree, type);
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  private static Optional<byte[]> bytes(Configuration hadoop, Path directory) {
    Path manifest = new Path(directory, NAME);
    try (InputStream in = Storage.fileSystem(hadoop, manifest).open(manifest)) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + Storage.display(manifest) + "]", e);
    }
  }

  private static JsonNode tree(Path directory, byte[] bytes) {
    try {
      return Json.mapper().readTree(bytes);
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  private static CorruptDataException unreadable(Path directory, IOException cause) {
    return new CorruptDataException(
        "Invalid manifest ["
            + Storage.display(new Path(directory, NAME))
            + "]: it is not the JSON that was written. Make the directory again.",
        cause);
  }
}
