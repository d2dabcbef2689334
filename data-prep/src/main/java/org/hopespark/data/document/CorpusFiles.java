// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.InvalidInputException;
import org.hopespark.data.store.Storage;

/**
 * The files of a corpus, in the order of their source names. Directories are walked to their depth;
 * entries whose name begins with a dot are left out, and so is what lies under the output.
 */
public final class CorpusFiles {
  /** What opening a file costs, in bytes of reading, so that many small files spread out too. */
  private static final long OPEN_COST_BYTES = 64 << 10;

  private CorpusFiles() {}

  /**
   * Source names are relative to the root that all inputs share: a directory given alone, else the
   * deepest common parent. They are unique, and stay when the whole is moved elsewhere.
   *
   * @throws InvalidInputException if an input is not there
   */
  public static List<CorpusFile> list(Configuration hadoop, List<String> inputs, Path output) {
    Map<String, FileStatus> files = new TreeMap<>();
    List<Path> roots = new ArrayList<>();
    for (String input : inputs) {
      Path path = Storage.qualified(hadoop, input);
      FileSystem fileSystem = Storage.fileSystem(hadoop, path);
      try {
        FileStatus status = fileSystem.getFileStatus(path);
        roots.add(status.isDirectory() ? path : path.getParent());
        walk(fileSystem, status, output, files);
      } catch (FileNotFoundException e) {
        throw new InvalidInputException(
            "Missing input ["
                + input
                + "]: no such file or directory. Check the path given as input.",
            e);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read [" + input + "]", e);
      }
    }

    String root = commonRoot(roots);
    List<CorpusFile> listed = new ArrayList<>();
    files.forEach(
        (path, status) ->
            listed.add(new CorpusFile(path, path.substring(root.length()), status.getLen())));
    return listed;
  }

  /**
   * Packs the files, in order, into one group per task.
   *
   * @param maxBytes size at which a group is closed, if the corpus is large enough
   */
  public static List<List<CorpusFile>> group(
      List<CorpusFile> files, long maxBytes, int parallelism) {
    long total = 0;
    for (CorpusFile file : files) {
      total += file.bytes() + OPEN_COST_BYTES;
    }

    long target = Math.max(1, Math.min(maxBytes, total / Math.max(1, parallelism)));
    List<List<CorpusFile>> groups = new ArrayList<>();
    List<CorpusFile> group = new ArrayList<>();
    long bytes = 0;
    for (CorpusFile file : files) {
      group.add(file);
      bytes += file.bytes() + OPEN_COST_BYTES;
      if (bytes >= target) {
        groups.add(group);
        group = new ArrayList<>();
        bytes = 0;
      }
    }

    if (!group.isEmpty()) {
      groups.add(group);
    }

    return groups;
  }

  private static void walk(
      FileSystem fileSystem, FileStatus status, Path output, Map<String, FileStatus> files)
      throws IOException {
    if (status.getPath().equals(output)) {
      return;
    }

    if (status.isFile()) {
      files.put(status.getPath().toString(), status);
      return;
    }

    for (FileStatus child : fileSystem.listStatus(status.getPath())) {
      if (!child.getPath().getName().startsWith(".")) {
        walk(fileSystem, child, output, files);
      }
    }
  }

  /** The longest prefix of whole path elements, with its slash; empty across file systems. */
  private static String commonRoot(List<Path> roots) {
    String common = withSlash(roots.get(0));
    for (Path root : roots) {
      String other = withSlash(root);
      while (!other.startsWith(common)) {
        common = common.substring(0, common.lastIndexOf('/', common.length() - 2) + 1);
      }
    }

    return common;
  }

  private static String withSlash(Path path) {
    String text = path.toString();
    return text.endsWith("/") ? text : text + "/";
  }
}
