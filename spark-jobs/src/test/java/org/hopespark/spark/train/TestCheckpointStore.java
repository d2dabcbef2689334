// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;
import org.hopespark.model.CorruptCheckpointException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCheckpointStore {
  @TempDir java.nio.file.Path dir;

  private final Configuration hadoop = new Configuration();
  private CheckpointStore store;

  @BeforeEach
  void open() {
    store = new CheckpointStore(hadoop, Storage.qualified(hadoop, dir.toString()));
  }

  private static CheckpointManifest manifest(long step, List<FileDigest> files) {
    return new CheckpointManifest(
        CheckpointManifest.FORMAT,
        step,
        2,
        "id",
        "config",
        "digest",
        Map.of("core", "1"),
        List.of(),
        files);
  }

  private Path commit(long step) throws IOException {
    Path directory = store.create(step);
    assertThat(store.commit(directory, manifest(step, List.of()))).isTrue();
    return directory;
  }

  @Test
  void aDirectoryWithoutManifestIsNoCheckpoint() throws IOException {
    store.create(5);
    assertThat(store.latest()).isEmpty();
  }

  @Test
  void theNewestCommitIsFoundByItsStep() throws IOException {
    commit(99_999_999);
    Path newest = commit(100_000_000);
    commit(7);
    assertThat(store.latest()).hasValue(newest);
    assertThat(newest.getName()).isEqualTo("step-100000000");
  }

  @Test
  void everyAttemptHasADirectoryOfItsOwn() throws IOException {
    assertThat(store.create(500).getName()).isEqualTo("step-00000500");
    assertThat(store.create(500).getName()).isEqualTo("step-00000500-2");
    assertThat(store.create(500).getName()).isEqualTo("step-00000500-3");
  }

  @Test
  void onlyOneDriverCommits() throws IOException {
    Path directory = commit(3);
    assertThat(store.commit(directory, manifest(3, List.of()))).isFalse();
  }

  @Test
  void pruningKeepsTheNewestAndSweepsLeftovers() throws IOException {
    commit(1);
    commit(2);
    Path leftover = store.create(3);
    store.giveUp(leftover);
    Path newest = commit(3);
    store.prune(2, 0);
    try (var names = Files.list(dir.resolve("checkpoints"))) {
      assertThat(names.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("step-00000002", newest.getName())
          .doesNotContain(leftover.getName());
    }
  }

  @Test
  void everySoManyStepsACheckpointStaysForGood() throws IOException {
    for (long step = 10; step <= 80; step += 10) {
      commit(step);
    }
    store.prune(2, 30);
    assertThat(store.committed())
        .extracting(CheckpointStore::step)
        .containsExactly(80L, 70L, 60L, 30L);
  }

  @Test
  void foreignDirectoriesAreLeftAlone() throws IOException {
    Files.createDirectories(dir.resolve("checkpoints/step-best"));
    commit(1);
    store.prune(1, 0);
    assertThat(dir.resolve("checkpoints/step-best")).exists();
  }

  @Test
  void aManifestIsReadAsItWasWritten() throws IOException {
    FileDigest file =
        FileDigest.write(hadoop, Storage.qualified(hadoop, dir.toString()), "a", new byte[3]);
    Path directory = store.create(4);
    CheckpointManifest written = manifest(4, List.of(file));
    store.commit(directory, written);
    assertThat(CheckpointManifest.read(hadoop, directory)).isEqualTo(written);
  }

  @Test
  void aFileIsReadAndVerifiedInOnePass() throws IOException {
    Path directory = Storage.qualified(hadoop, dir.toString());
    FileDigest file = FileDigest.write(hadoop, directory, "a", new byte[] {1, 2, 3});
    CheckpointManifest manifest = manifest(1, List.of(file));
    int[] sum = new int[1];
    VerifiedInput.read(
        hadoop,
        directory,
        manifest,
        "a",
        in -> {
          sum[0] = in.read() + in.read();
        });
    // The third byte is not asked for and verified nevertheless.
    assertThat(sum[0]).isEqualTo(3);
    Files.write(dir.resolve("a"), new byte[] {1, 2, 4});
    assertThatThrownBy(() -> VerifiedInput.read(hadoop, directory, manifest, "a", in -> in.read()))
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageContaining(dir.resolve("a").toString());
    assertThatThrownBy(() -> VerifiedInput.read(hadoop, directory, manifest, "b", in -> in.read()))
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageContaining("is not listed");
  }

  @Test
  void theDigestOfTensorsLeavesTheHeaderOut() throws IOException {
    Path directory = Storage.qualified(hadoop, dir.toString());
    byte[] header = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
    byte[] tensors = {10, 20, 30, 40};
    DigestedOutput.Written written =
        DigestedOutput.write(
            hadoop,
            directory,
            "m",
            out -> {
              // 64 bits little-endian
              out.write(header.length);
              out.write(new byte[7]);
              out.write(header);
              out.write(tensors);
            });
    assertThat(written.tensors()).isEqualTo(org.hopespark.data.store.Checksum.sha256(tensors));
    assertThat(written.file()).isEqualTo(FileDigest.of(hadoop, directory, "m"));
  }
}
