// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.train.StateRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestStateFiles {
  /** No multiple of a slice or of the reader's tile. */
  private static final Level CORE = new Level(0, "core", 1, 0, 70_001);

  /** Fewer blocks than ranks, so that some own nothing. */
  private static final Level SLOW = new Level(1, "slow", 8, 70_001, 130);

  private static final int BLOCK = 64;

  @TempDir java.nio.file.Path dir;

  private final Configuration hadoop = new Configuration();
  private final List<Slab> slabs = new ArrayList<>();

  @AfterEach
  void free() {
    slabs.forEach(Slab::close);
  }

  /** What {@code rank} owns, its values zero, packed behind three elements of nothing. */
  private List<StateRange> ranges(int rank, int size) {
    Slab slab = Slab.allocate("state", 200_000);
    slabs.add(slab);
    List<StateRange> ranges = new ArrayList<>();
    long at = 3;
    for (Level level : List.of(CORE, SLOW)) {
      Slices slices = Slices.aligned(level.length(), BLOCK, size);
      long from = slices.start(rank);
      long to = from + slices.length(rank);
      for (String name : List.of("exp_avg", "exp_avg_sq")) {
        if (from < to) {
          ranges.add(new StateRange(name, level, from, to, slab, at));
          at += to - from;
        }
      }
    }
    return ranges;
  }

  /** A value that says where it belongs. */
  private static float value(String name, Level level, long element) {
    return (name.equals("exp_avg") ? 1 : -1) * (element + 1_000_000f * level.index() + 0.5f);
  }

  private static void fill(List<StateRange> ranges) {
    for (StateRange range : ranges) {
      for (long i = range.from(); i < range.to(); i++) {
        range
            .slab()
            .write(range.offset() + i - range.from(), value(range.name(), range.level(), i));
      }
    }
  }

  private Path directory(String name) {
    return Storage.qualified(hadoop, dir.resolve(name).toString());
  }

  private CheckpointManifest write(String name, int size) throws IOException {
    List<StatePart> parts = new ArrayList<>();
    List<FileDigest> files = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      List<StateRange> ranges = ranges(rank, size);
      fill(ranges);
      StateFiles.Written written =
          StateFiles.write(hadoop, directory(name), rank, ranges, range -> false);
      parts.addAll(written.parts());
      files.add(written.file());
    }
    return manifest(size, parts, files);
  }

  private static CheckpointManifest manifest(
      int size, List<StatePart> parts, List<FileDigest> files) {
    return new CheckpointManifest(
        CheckpointManifest.FORMAT, 1, size, "id", "config", "digest", Map.of(), parts, files);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4", "4, 1", "2, 8", "8, 2", "4, 8", "8, 4"})
  void anyNumberOfRanksReadsWhatAnyNumberWrote(int writers, int readers) throws IOException {
    CheckpointManifest manifest = write("a", writers);
    for (int rank = 0; rank < readers; rank++) {
      List<StateRange> ranges = ranges(rank, readers);
      StateFiles.read(hadoop, directory("a"), manifest, rank, ranges);
      for (StateRange range : ranges) {
        for (long i = range.from(); i < range.to(); i++) {
          assertThat(range.slab().read(range.offset() + i - range.from()))
              .isEqualTo(value(range.name(), range.level(), i));
        }
      }
      // Nothing beside the own ranges is touched.
      assertThat(ranges.get(0).slab().read(2)).isZero();
    }
  }

  @Test
  void onlyThePartsThatMeetAreRead() throws IOException {
    CheckpointManifest manifest = write("a", 4);
    Files.delete(dir.resolve("a").resolve(CheckpointManifest.optimizer(3)));
    Files.delete(dir.resolve("a").resolve(CheckpointManifest.optimizer(2)));
    // Of two ranks the first owns what ranks 0 and 1 of four did; of slow that is all it reads too.
    StateFiles.read(hadoop, directory("a"), manifest, 0, ranges(0, 2));
    assertThatThrownBy(() -> StateFiles.read(hadoop, directory("a"), manifest, 1, ranges(1, 2)))
        .hasMessageContaining(CheckpointManifest.optimizer(2));
  }

  @Test
  void theDigestDoesNotDependOnTheNumberOfRanks() throws IOException {
    String one = StateFiles.digest(hadoop, directory("one"), write("one", 1));
    assertThat(one).hasSize(64);
    assertThat(StateFiles.digest(hadoop, directory("two"), write("two", 2))).isEqualTo(one);
    assertThat(StateFiles.digest(hadoop, directory("eight"), write("eight", 8))).isEqualTo(one);
  }

  @Test
  void anyAlteredByteOfAPartIsNoticedAndItsFileNamed() throws IOException {
    CheckpointManifest manifest = write("a", 2);
    java.nio.file.Path file = dir.resolve("a").resolve(CheckpointManifest.optimizer(1));
    byte[] whole = Files.readAllBytes(file);
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    int first =
        (int)
            manifest.states().stream()
                .filter(p -> p.rank() == 1)
                .mapToLong(StatePart::begin)
                .min()
                .orElseThrow();
    for (int trial = 0; trial < 5; trial++) {
      byte[] altered = whole.clone();
      altered[random.nextInt(first, whole.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, altered);
      assertThatThrownBy(() -> StateFiles.read(hadoop, directory("a"), manifest, 1, ranges(1, 2)))
          .as("seed " + seed)
          .isInstanceOf(CorruptCheckpointException.class)
          .hasMessageContaining(file.toString());
    }
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> StateFiles.read(hadoop, directory("a"), manifest, 1, ranges(1, 2)))
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageContaining("ends before its last tensor");
  }

  @Test
  void stateThatIsNotThereIsNamed() throws IOException {
    CheckpointManifest whole = write("a", 4);
    CheckpointManifest manifest =
        manifest(
            4,
            whole.states().stream()
                .filter(part -> part.rank() != 2 || !part.name().equals("exp_avg_sq"))
                .toList(),
            whole.files());
    assertThatThrownBy(() -> StateFiles.read(hadoop, directory("a"), manifest, 0, ranges(0, 1)))
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageContaining("it lacks some of exp_avg_sq of level core, elements 0 to 70001");
  }

  @Test
  void ofLocalStateARankTakesThatOfItsNumberAmongTheWriters() throws IOException {
    List<StatePart> parts = new ArrayList<>();
    List<FileDigest> files = new ArrayList<>();
    for (int rank = 0; rank < 2; rank++) {
      List<StateRange> ranges = ranges(0, 1);
      for (StateRange range : ranges) {
        range.slab().write(range.offset(), 100 + rank);
      }
      StateFiles.Written written =
          StateFiles.write(
              hadoop, directory("a"), rank, ranges, range -> range.level().equals(CORE));
      // Of slow there is one state, the first rank's.
      int writer = rank;
      parts.addAll(written.parts().stream().filter(part -> part.local() || writer == 0).toList());
      files.add(written.file());
    }
    for (int rank = 0; rank < 4; rank++) {
      List<StateRange> ranges = ranges(0, 1);
      StateFiles.read(hadoop, directory("a"), manifest(2, parts, files), rank, ranges);
      for (StateRange range : ranges) {
        assertThat(range.slab().read(range.offset()))
            .isEqualTo(range.level().equals(CORE) ? 100 + rank % 2 : 100);
      }
    }
  }
}
