// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.hopespark.spark.InvalidUsageException;

/**
 * The default corpus: the documents and sources of the checkout that {@code ./hope} was started
 * from.
 */
final class CheckoutFiles {
  private static final Set<String> TEXT =
      Set.of(
          "css",
          "html",
          "java",
          "json",
          "md",
          "properties",
          "py",
          "sh",
          "txt",
          "xml",
          "yaml",
          "yml");
  private static final Set<String> LEFT_OUT = Set.of("target", "runs", "node_modules");

  private CheckoutFiles() {}

  /**
   * Lists the text files: those that git tracks, or where there is no git all but build outputs; in
   * the order of their names.
   *
   * @param home root of the checkout, null where the launcher did not say
   * @throws InvalidUsageException if there is no checkout
   */
  static List<String> list(String home) {
    if (home == null || !Files.isDirectory(Path.of(home))) {
      throw new InvalidUsageException(
          "Missing --input [none given]: this is not run from a checkout, so there is no default corpus. Give --input PATH.");
    }

    Path root = Path.of(home);
    try {
      List<String> tracked = tracked(root);
      List<String> names = tracked.isEmpty() ? walked(root) : tracked;
      return names.stream()
          .filter(CheckoutFiles::isText)
          .map(root::resolve)
          .filter(Files::isRegularFile)
          .map(Path::toString)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot list the files of [" + home + "]: " + e.getMessage(), e);
    }
  }

  /** Returns the tracked files, none where git is absent or this is no repository of its own. */
  private static List<String> tracked(Path root) throws IOException {
    if (!Files.exists(root.resolve(".git"))) {
      return List.of();
    }

    Process git;
    try {
      git =
          new ProcessBuilder("git", "-C", root.toString(), "ls-files", "-z")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return List.of(); // no git here: the files are walked
    }

    String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return git.waitFor() == 0
          ? Arrays.stream(names.split("\0")).filter(name -> !name.isEmpty()).toList()
          : List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private static List<String> walked(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(root::relativize)
          .filter(CheckoutFiles::isSource)
          .map(Path::toString)
          .toList();
    }
  }

  private static boolean isSource(Path relative) {
    for (Path part : relative) {
      String name = part.toString();
      if (LEFT_OUT.contains(name) || name.startsWith(".")) {
        return false;
      }
    }

    return true;
  }

  /** A name without an ending is a script or a licence here. */
  private static boolean isText(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    int dot = file.lastIndexOf('.');
    return dot <= 0 ? !file.startsWith(".") : TEXT.contains(file.substring(dot + 1));
  }
}
