// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.InvalidInputException;

/**
 * A directory that one attempt fills and commits. A marker with the attempt's name stands in the
 * directory while it is being filled, so that what a killed process left is told from what belongs
 * to somebody else: the next attempt works beside it and sweeps it after its own commit.
 */
public final class OutputDirectory {
  private static final String MARKER = "_attempt-";

  private final Configuration hadoop;
  private final FileSystem fileSystem;
  private final Path path;
  private final String noun;
  private final Set<String> fixedNames = new HashSet<>();
  private final String attempt =
      UUID.randomUUID().toString().replace("-", "").substring(0, 12).toLowerCase(Locale.ROOT);

  /**
   * @param noun what is written there, for messages
   */
  public OutputDirectory(Configuration hadoop, String path, String noun) {
    this.hadoop = hadoop;
    this.path = Storage.qualified(hadoop, path);
    this.fileSystem = Storage.fileSystem(hadoop, this.path);
    this.noun = noun;
  }

  public Path path() {
    return path;
  }

  /** The name that every file of this attempt carries. */
  public String attempt() {
    return attempt;
  }

  /**
   * Takes the directory for this attempt.
   *
   * @throws InvalidInputException if it holds something else, finished or foreign
   */
  public void begin() {
    try {
      refuseOccupied();
      fileSystem.mkdirs(path);
      fileSystem.create(marker(attempt), /* overwrite= */ false).close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write [" + Storage.display(path) + "]", e);
    }
  }

  /** Complains where {@link #begin} would, and writes nothing. */
  public void refuseOccupied() {
    FileStatus[] entries;
    try {
      entries = fileSystem.listStatus(path);
    } catch (FileNotFoundException e) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + Storage.display(path) + "]", e);
    }

    if (entries.length == 1 && entries[0].isFile() && entries[0].getPath().equals(path)) {
      throw occupied("it is a file");
    }

    boolean finished = false;
    boolean started = false;
    for (FileStatus entry : entries) {
      String name = entry.getPath().getName();
      finished |= name.equals(Manifest.NAME);
      started |= name.startsWith(MARKER);
    }

    if (finished) {
      throw occupied("it holds the result of other inputs or another configuration");
    }

    if (entries.length > 0 && !started) {
      throw occupied("it holds files and no manifest");
    }
  }

  /** Writes a small file whose name does not carry the attempt, since others look for it. */
  public FileDigest write(String name, byte[] bytes) {
    fixedNames.add(name);
    return FileDigest.write(hadoop, path, name, bytes);
  }

  /**
   * Makes the attempt visible.
   *
   * @param listed names of the files that the manifest lists; what else this or a killed attempt
   *     left is deleted
   * @throws InvalidInputException if another process committed first
   */
  public void commit(Object manifest, Set<String> listed) {
    try {
      if (!WholeFile.createIfAbsent(hadoop, new Path(path, Manifest.NAME), Json.bytes(manifest))) {
        throw occupied("another process has finished there meanwhile");
      }

      Set<String> attempts = attempts();
      sweep(path, attempts, listed);
      for (String each : attempts) {
        fileSystem.delete(marker(each), /* recursive= */ false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot commit [" + Storage.display(path) + "]", e);
    }
  }

  /** Deletes what this attempt wrote; the failure that led here is not hidden by one of its own. */
  public void discard(Throwable failure) {
    try {
      if (!fileSystem.exists(path)) {
        return;
      }

      if (!fileSystem.exists(new Path(path, Manifest.NAME))) {
        for (String name : fixedNames) {
          fileSystem.delete(new Path(path, name), /* recursive= */ false);
        }
      }

      sweep(path, Set.of(attempt), Set.of());
      fileSystem.delete(marker(attempt), /* recursive= */ false);
      deleteIfEmpty(path);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void sweep(Path directory, Set<String> attempts, Set<String> listed) throws IOException {
    for (FileStatus entry : fileSystem.listStatus(directory)) {
      Path child = entry.getPath();
      if (child.getName().startsWith(MARKER)) {
        continue;
      }

      if (entry.isDirectory()) {
        sweep(child, attempts, listed);
        deleteIfEmpty(child);
      } else if (!listed.contains(relative(child)) && carries(child, attempts)) {
        fileSystem.delete(child, /* recursive= */ false);
      }
    }
  }

  /** A directory that is nothing but a prefix of names has gone with its last file. */
  private void deleteIfEmpty(Path directory) throws IOException {
    try {
      if (fileSystem.listStatus(directory).length == 0) {
        fileSystem.delete(directory, /* recursive= */ false);
      }
    } catch (FileNotFoundException e) {
      return;
    }
  }

  /** Whether a part of the path below the directory carries one of the attempts' names. */
  private boolean carries(Path file, Set<String> attempts) {
    String relative = relative(file);
    return attempts.stream().anyMatch(relative::contains);
  }

  private String relative(Path file) {
    return path.toUri().relativize(file.toUri()).getPath();
  }

  private Set<String> attempts() throws IOException {
    Set<String> attempts = new HashSet<>();
    for (FileStatus entry : fileSystem.listStatus(path)) {
      if (entry.getPath().getName().startsWith(MARKER)) {
        attempts.add(entry.getPath().getName().substring(MARKER.length()));
      }
    }

    return attempts;
  }

  private Path marker(String name) {
    return new Path(path, MARKER + name);
  }

  private InvalidInputException occupied(String reason) {
    return new InvalidInputException(
        "Cannot write "
            + noun
            + " to ["
            + Storage.display(path)
            + "]: "
            + reason
            + ". Give another output directory or delete this one.");
  }
}
