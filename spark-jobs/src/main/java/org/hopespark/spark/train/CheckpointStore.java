// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Json;
import org.hopespark.data.store.Manifest;
import org.hopespark.data.store.Storage;
import org.hopespark.data.store.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints below an output directory, {@code checkpoints/step-<8 digits>}, as the driver
 * sees them. Each attempt writes to a directory of its own, so a worker that has been given up
 * cannot touch what a later attempt commits; a leftover of the same step gets its name extended.
 *
 * <p>Safe for use by several threads: one checkpoint may be committed while the next is begun.
 */
final class CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
  private static final String DIRECTORY = "checkpoints";
  private static final Pattern NAME = Pattern.compile("step-(\\d{8,})(?:-\\d+)?");

  private final Configuration hadoop;
  private final FileSystem fileSystem;
  private final Path checkpoints;

  /** Directories of attempts that this driver has not given up. */
  private final Set<Path> open = new HashSet<>();

  CheckpointStore(Configuration hadoop, Path output) {
    this.hadoop = hadoop;
    this.checkpoints = new Path(output, DIRECTORY);
    this.fileSystem = Storage.fileSystem(hadoop, checkpoints);
  }

  /** The newest committed checkpoint. */
  Optional<Path> latest() {
    List<Path> committed = committed();
    return committed.isEmpty() ? Optional.empty() : Optional.of(committed.get(0));
  }

  /**
   * Makes an empty directory for an attempt at {@code step}; it is safe from {@link #prune} until
   * it is committed or given up.
   */
  synchronized Path create(long step) throws IOException {
    String name = "step-%08d".formatted(step);
    Path directory = new Path(checkpoints, name);
    for (int attempt = 2; fileSystem.exists(directory); attempt++) {
      directory = new Path(checkpoints, name + "-" + attempt);
    }
    fileSystem.mkdirs(directory);
    open.add(directory);
    return directory;
  }

  /** Leaves what an attempt has written to the next {@link #prune}. */
  synchronized void giveUp(Path directory) {
    open.remove(directory);
  }

  /** Deletes what an attempt has left that will not be repeated; best effort. */
  synchronized void discard(Path directory) {
    open.remove(directory);
    try {
      if (directory != null && !fileSystem.exists(new Path(directory, Manifest.NAME))) {
        var unused = fileSystem.delete(directory, /* recursive= */ true);
      }
    } catch (IOException e) {
      LOG.warn("Cannot remove [{}]: {}", Storage.display(directory), e.getMessage());
    }
  }

  /** Makes the checkpoint exist, if no other driver has. */
  synchronized boolean commit(Path directory, CheckpointManifest manifest) throws IOException {
    open.remove(directory);
    return WholeFile.createIfAbsent(
        hadoop, new Path(directory, Manifest.NAME), Json.bytes(manifest));
  }

  /**
   * Deletes what attempts left behind, and all checkpoints but the newest {@code keep} and those
   * whose step is a multiple of {@code keepEvery}, if that is not 0.
   */
  synchronized void prune(int keep, long keepEvery) throws IOException {
    for (Path leftover : leftovers()) {
      if (open.contains(leftover)) {
        continue;
      }
      fileSystem.delete(leftover, /* recursive= */ true);
    }
    List<Path> committed = committed();
    for (Path old : committed.subList(Math.min(keep, committed.size()), committed.size())) {
      if (keepEvery > 0 && step(old) % keepEvery == 0) {
        continue;
      }
      // First the manifest: a deletion that is cut off must not leave half a checkpoint.
      fileSystem.delete(new Path(old, Manifest.NAME), /* recursive= */ false);
      fileSystem.delete(old, /* recursive= */ true);
    }
  }

  /** Committed checkpoints, the newest first. */
  List<Path> committed() {
    return directories(/* committed= */ true);
  }

  /** What attempts left behind, by falling step. */
  List<Path> leftovers() {
    return directories(/* committed= */ false);
  }

  private List<Path> directories(boolean committed) {
    try {
      List<Path> found = new ArrayList<>();
      for (FileStatus entry : fileSystem.listStatus(checkpoints)) {
        Path path = entry.getPath();
        if (NAME.matcher(path.getName()).matches()
            && fileSystem.exists(new Path(path, Manifest.NAME)) == committed) {
          found.add(path);
        }
      }
      found.sort(Comparator.comparingLong(CheckpointStore::step).reversed());
      return found;
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list [%s]".formatted(Storage.display(checkpoints)), e);
    }
  }

  /** The step that the directory's name says. */
  static long step(Path directory) {
    Matcher name = NAME.matcher(directory.getName());
    return name.matches() ? Long.parseLong(name.group(1)) : -1;
  }
}
