// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.data.InvalidInputException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestOutputDirectory {
  private static final Map<String, String> MANIFEST = Map.of("format", "test");

  @TempDir Path parent;

  private Path dir;

  @BeforeEach
  void choosePath() {
    dir = parent.resolve("out");
  }

  @Test
  void showsTheManifestOnlyAfterCommit() throws IOException {
    OutputDirectory output = directory();
    output.begin();
    String name = "data-" + output.attempt();
    output.write(name, new byte[1]);
    assertThat(Manifest.format(new Configuration(), output.path())).isEmpty();
    output.commit(MANIFEST, Set.of(name));
    assertThat(Manifest.format(new Configuration(), output.path())).contains("test");
    assertThat(names()).containsExactlyInAnyOrder("manifest.json", name);
  }

  @Test
  void refusesADirectoryWithAManifest() {
    commitEmpty();
    OutputDirectory second = directory();
    assertThatThrownBy(second::begin)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "Cannot write things to ["
                + dir
                + "]: it holds the result of other inputs or another configuration. Give another"
                + " output directory or delete this one.");
  }

  @Test
  void refusesFilesOfSomebodyElse() throws IOException {
    Files.createDirectories(dir);
    Files.writeString(dir.resolve("thesis.txt"), "precious");
    assertThatThrownBy(() -> directory().begin())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it holds files and no manifest");
    assertThat(names()).containsExactly("thesis.txt");
  }

  @Test
  void refusesAFileInItsPlace() throws IOException {
    Files.writeString(dir, "a file");
    assertThatThrownBy(() -> directory().begin())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it is a file");
  }

  @Test
  void takesAnEmptyDirectory() throws IOException {
    Files.createDirectories(dir);
    assertThatCode(this::commitEmpty).doesNotThrowAnyException();
  }

  @Test
  void goesOnBesideWhatAKilledAttemptLeftAndSweepsItAfterCommit() throws IOException {
    OutputDirectory killed = directory();
    killed.begin();
    killed.write("sub/data-" + killed.attempt(), new byte[1]);
    OutputDirectory next = directory();
    next.begin();
    String name = "sub/data-" + next.attempt();
    next.write(name, new byte[1]);
    next.write("sub/unlisted-" + next.attempt(), new byte[1]);
    next.commit(MANIFEST, Set.of(name));
    assertThat(names()).containsExactlyInAnyOrder("manifest.json", name);
  }

  @Test
  void removesWhatAFailedAttemptWrote() throws IOException {
    OutputDirectory failed = directory();
    failed.begin();
    failed.write("sub/data-" + failed.attempt(), new byte[1]);
    failed.write("sub/state.json", new byte[1]);
    failed.discard(new IllegalStateException());
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void leavesTheFilesOfOtherAttemptsWhenOneFails() throws IOException {
    OutputDirectory running = directory();
    running.begin();
    running.write("data-" + running.attempt(), new byte[1]);
    OutputDirectory failed = directory();
    failed.begin();
    failed.discard(new IllegalStateException());
    assertThat(names())
        .containsExactlyInAnyOrder("data-" + running.attempt(), "_attempt-" + running.attempt());
  }

  @Test
  void letsOneOfTwoAttemptsWin() throws IOException {
    OutputDirectory first = directory();
    OutputDirectory second = directory();
    first.begin();
    second.begin();
    first.commit(MANIFEST, Set.of());
    assertThatThrownBy(() -> second.commit(Map.of("format", "loser"), Set.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("another process has finished there meanwhile");
    assertThat(Manifest.format(new Configuration(), first.path())).contains("test");
  }

  @Test
  void createsAFileOnceAndWhole() throws IOException {
    org.apache.hadoop.fs.Path path =
        Storage.qualified(new Configuration(), parent.resolve("file").toString());
    assertThat(WholeFile.createIfAbsent(new Configuration(), path, new byte[] {1})).isTrue();
    assertThat(WholeFile.createIfAbsent(new Configuration(), path, new byte[] {2})).isFalse();
    assertThat(Files.readAllBytes(parent.resolve("file"))).containsExactly(1);
    try (Stream<Path> files = Files.list(parent)) {
      assertThat(files).hasSize(1);
    }
  }

  private void commitEmpty() {
    OutputDirectory output = directory();
    output.begin();
    output.commit(MANIFEST, Set.of());
  }

  private OutputDirectory directory() {
    return new OutputDirectory(new Configuration(), dir.toString(), "things");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      return files.filter(Files::isRegularFile).map(f -> dir.relativize(f).toString()).toList();
    }
  }
}
