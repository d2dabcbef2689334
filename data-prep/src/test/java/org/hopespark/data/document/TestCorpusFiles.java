// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.data.InvalidInputException;
import org.hopespark.data.store.Storage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCorpusFiles {
  @TempDir Path dir;

  @Test
  void walksDirectoriesAndLeavesHiddenEntriesAndTheOutputOut() throws IOException {
    write(
        "root/b.txt", "root/sub/deep/a.txt", "root/.git/x", "root/sub/.hidden", "root/out/m.json");
    assertThat(sources(List.of("root"), "root/out")).containsExactly("b.txt", "sub/deep/a.txt");
  }

  @Test
  void namesFilesRelativeToTheRootThatInputsShare() throws IOException {
    write("root/x/src/a.txt", "root/y/src/a.txt", "root/z.txt");
    assertThat(sources(List.of("root/x/src", "root/y", "root/z.txt"), "out"))
        .containsExactly("x/src/a.txt", "y/src/a.txt", "z.txt");
    assertThat(sources(List.of("root/x/src/a.txt"), "out")).containsExactly("a.txt");
  }

  @Test
  void doesNotTakeAPrefixOfANameForADirectory() throws IOException {
    write("root/part1/a.txt", "root/part12/a.txt");
    assertThat(sources(List.of("root/part1", "root/part12"), "out"))
        .containsExactly("part1/a.txt", "part12/a.txt");
  }

  @Test
  void listsAFileOnceHoweverOftenItIsGiven() throws IOException {
    write("root/a.txt", "root/sub/b.txt");
    assertThat(sources(List.of("root", "root/sub", "root/a.txt"), "out"))
        .containsExactly("a.txt", "sub/b.txt");
  }

  @Test
  void namesAMissingInput() {
    assertThatThrownBy(() -> sources(List.of("nowhere"), "out"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Missing input [" + dir.resolve("nowhere") + "]:");
  }

  @Test
  void packsAllFilesInOrderIntoBoundedGroups() {
    List<CorpusFile> files = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      files.add(new CorpusFile("file:/" + i, Integer.toString(i), i * 1000L));
    }

    for (int parallelism : new int[] {1, 2, 7, 64}) {
      List<List<CorpusFile>> groups = CorpusFiles.group(files, 1 << 20, parallelism);
      assertThat(groups.stream().flatMap(List::stream)).isEqualTo(files);
      assertThat(groups).hasSizeGreaterThan(parallelism);
      assertThat(groups)
          .allSatisfy(
              group ->
                  assertThat(
                          group.stream()
                              .limit(group.size() - 1L)
                              .mapToLong(CorpusFile::bytes)
                              .sum())
                      .isLessThan(1 << 20));
    }
  }

  private List<String> sources(List<String> inputs, String output) {
    return CorpusFiles.list(
            new Configuration(),
            inputs.stream().map(input -> dir.resolve(input).toString()).toList(),
            Storage.qualified(new Configuration(), dir.resolve(output).toString()))
        .stream()
        .map(CorpusFile::source)
        .toList();
  }

  private void write(String... names) throws IOException {
    for (String name : names) {
      Path file = dir.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, name);
    }

    assertThat(Stream.of(names).map(dir::resolve)).allMatch(Files::exists);
  }
}
