// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestVerifyDataset {
  @TempDir static Path dir;

  private static TokenizeResult shards;

  @BeforeAll
  static void makeShards() {
    Corpus.prepare(dir, Corpus.write(dir)).execute();
    Corpus.trainTokenizer(dir).execute();
    shards = Corpus.tokenize(dir).shardBytes(8192).execute();
  }

  @Test
  void reReadsAllThatIsListed() throws IOException {
    VerifyResult documents = verify("documents");
    assertThat(documents.kind()).isEqualTo("documents");
    assertThat(documents.files()).isEqualTo(listed("documents").size());
    VerifyResult dataset = verify("shards");
    assertThat(dataset.kind()).isEqualTo("dataset");
    assertThat(dataset.files()).isEqualTo(listed("shards").size());
    assertThat(dataset.tokens())
        .isEqualTo(shards.tokensBySplit().values().stream().mapToLong(n -> n).sum());
    long bytes = 0;
    for (Path file : listed("shards")) {
      bytes += Files.size(file);
    }

    assertThat(dataset.bytes()).isEqualTo(bytes);
  }

  @Test
  void namesEachFileThatHasAFlippedByte() throws IOException {
    for (String directory : List.of("documents", "shards")) {
      for (Path file : listed(directory)) {
        byte[] content = Files.readAllBytes(file);
        for (int at : new int[] {0, content.length / 2, content.length - 1}) {
          byte[] flipped = content.clone();
          flipped[at] ^= 1;
          assertNamed(directory, file, flipped, content);
        }
      }
    }
  }

  @Test
  void namesEachFileThatIsTruncatedOrGone() throws IOException {
    for (String directory : List.of("documents", "shards")) {
      for (Path file : listed(directory)) {
        byte[] content = Files.readAllBytes(file);
        assertNamed(directory, file, Arrays.copyOf(content, content.length - 1), content);
        Files.delete(file);
        assertThatThrownBy(() -> verify(directory))
            .isInstanceOf(CorruptDataException.class)
            .hasMessageStartingWith("Missing file [" + file + "]");
        Files.write(file, content);
      }
    }
  }

  @Test
  void comparesSumsWithinTheManifest() throws IOException {
    assertManifestMatters("shards", "\"textBytes\" : ", null);
    assertManifestMatters("shards", "\"datasetId\" : \"", "the id over the digests");
    assertManifestMatters("documents", "\"documentsId\" : \"", "digest of the documents");
    assertManifestMatters("documents", "\"recordsRead\" : ", "records read");
  }

  @Test
  void ignoresFilesThatTheManifestDoesNotList() throws IOException {
    Path stray = Files.writeString(dir.resolve("shards/train/stray.arrow"), "stray");
    assertThat(verify("shards").tokens()).isPositive();
    Files.delete(stray);
  }

  @Test
  void needsAManifest() {
    assertThatThrownBy(() -> verify("corpus"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Missing manifest [" + dir.resolve("corpus/manifest.json") + "]");
    assertThatThrownBy(() -> verify("nowhere")).isInstanceOf(InvalidInputException.class);
  }

  private static void assertNamed(String directory, Path file, byte[] damaged, byte[] content)
      throws IOException {
    Files.write(file, damaged);
    try {
      assertThatThrownBy(() -> verify(directory))
          .as(file.toString())
          .isInstanceOf(CorruptDataException.class)
          .hasMessageContaining("[" + file + "]");
    } finally {
      Files.write(file, content);
    }
  }

  /** Changes the first digit after {@code key}; null where nothing but people reads the field. */
  private static void assertManifestMatters(String directory, String key, String complaint)
      throws IOException {
    Path manifest = dir.resolve(directory).resolve("manifest.json");
    String content = Files.readString(manifest);
    int at = content.indexOf(key) + key.length();
    char digit = content.charAt(at) == '1' ? '2' : '1';
    Files.writeString(manifest, content.substring(0, at) + digit + content.substring(at + 1));
    try {
      if (complaint == null) {
        assertThat(verify(directory).kind()).isEqualTo("dataset");
      } else {
        assertThatThrownBy(() -> verify(directory))
            .isInstanceOf(CorruptDataException.class)
            .hasMessageContaining("manifest.json]")
            .hasMessageContaining(complaint);
      }
    } finally {
      Files.writeString(manifest, content);
    }
  }

  private static VerifyResult verify(String directory) {
    return new VerifyDataset(LocalSpark.hadoop()).path(dir.resolve(directory).toString()).execute();
  }

  private static List<Path> listed(String directory) throws IOException {
    try (Stream<Path> files = Files.walk(dir.resolve(directory))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().equals("manifest.json"))
          .sorted()
          .toList();
    }
  }
}
