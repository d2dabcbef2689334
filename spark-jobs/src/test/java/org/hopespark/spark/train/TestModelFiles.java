// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.LanguageModel;
import org.hopespark.model.checkpoint.TensorView;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.train.Replica;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters in one file and in several, through the ranks that write and all who read. */
class TestModelFiles {
  private static final long LARGE = 1L << 30;

  /** The embedding, 300 x 16 floats, is larger. */
  private static final long SMALL = 8_192;

  @TempDir java.nio.file.Path dir;

  private final Configuration hadoop = new Configuration();
  private RunConfig config;

  @BeforeEach
  void configure() {
    config = TinyRun.config();
  }

  private Path directory() {
    return Storage.qualified(hadoop, dir.toString());
  }

  /** A checkpoint after step 7, as {@code workers} ranks write it, of initial parameters. */
  private String save(int workers, long maxModelBytes) throws IOException {
    int numShards = 4 / workers;
    List<FileDigest> files = new ArrayList<>();
    List<StatePart> states = new ArrayList<>();
    String digest = "";
    Map<String, String> hashes = Map.of();
    for (int rank = 0; rank < workers; rank++) {
      Gang gang = new Gang(config, rank, workers);
      try (Replica replica = Replica.create(config, numShards, 1, gang.ownership())) {
        RankContent.Saved saved =
            new RankCheckpoint(hadoop, replica, List.of(), gang, numShards, maxModelBytes)
                .content(7)
                .write(hadoop, directory());
        files.addAll(saved.files());
        states.addAll(saved.states());
        digest = rank == 0 ? saved.parametersDigest() : digest;
        hashes = Map.of("core", CheckpointManifest.hash(replica.hash(replica.levels().get(0))));
      }
    }
    files.add(
        FileDigest.write(
            hadoop,
            directory(),
            CheckpointManifest.CONFIG_YAML,
            config.toYaml().getBytes(StandardCharsets.UTF_8)));
    CheckpointManifest manifest =
        new CheckpointManifest(
            CheckpointManifest.FORMAT, 7, workers, "id", "c", digest, hashes, states, files);
    assertThat(new CheckpointStore(hadoop, directory()).commit(directory(), manifest)).isTrue();
    return digest;
  }

  private List<String> modelFiles() throws IOException {
    try (var names = Files.list(dir)) {
      return names
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("model"))
          .sorted()
          .toList();
    }
  }

  @Test
  void asLongAsItFitsTheModelIsOneFile() throws IOException {
    save(2, LARGE);
    assertThat(modelFiles()).containsExactly("model.safetensors");
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "4"})
  void aLargerOneIsCutIntoTheSameFilesByAnyNumberOfRanks(int workers) throws IOException {
    String digest = save(workers, SMALL);
    List<String> names = modelFiles();
    int last = names.size() - 1;
    assertThat(last).isGreaterThan(4);
    assertThat(names.get(0)).isEqualTo("model-00001-of-%05d.safetensors".formatted(last));
    assertThat(names.get(last)).isEqualTo("model.safetensors.index.json");
    JsonNode index =
        new ObjectMapper().readTree(dir.resolve("model.safetensors.index.json").toFile());
    try (Replica replica = Replica.create(config, 1, 1)) {
      assertThat(index.at("/metadata/total_size").asLong())
          .isEqualTo(replica.numParameters() * Float.BYTES);
      assertThat(index.path("weight_map")).hasSize(replica.state().parameters().size());
      assertThat(digest).isEqualTo(ModelFiles.digest(replica.state().parameters()));
      for (ModelFiles.Part part : ModelFiles.plan(replica.state().parameters(), SMALL)) {
        long bytes = part.tensors().stream().mapToLong(TensorView::size).sum() * Float.BYTES;
        assertThat(part.tensors().size() == 1 || bytes <= SMALL).isTrue();
        // A header beside the tensors.
        assertThat(Files.size(dir.resolve(part.name()))).isGreaterThan(bytes);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "4, 1", "2, 2"})
  void whatIsCutIsReadBack(int writers, int readers) throws IOException {
    save(writers, SMALL);
    List<Long> expected;
    try (Replica replica = Replica.create(config, 1, 1)) {
      expected = replica.levels().stream().map(replica::hash).toList();
    }
    int numShards = 4 / readers;
    Gang gang = new Gang(config, readers - 1, readers);
    try (Replica replica =
        Replica.create(TinyRun.config("seed=99"), numShards, 1, gang.ownership())) {
      RankCheckpoint rank = new RankCheckpoint(hadoop, replica, List.of(), gang, numShards, SMALL);
      assertThat(rank.holds(dir.toString())).isFalse();
      rank.restore(dir.toString());
      for (Level level : replica.levels()) {
        assertThat(replica.hash(level)).isEqualTo(expected.get(level.index()));
      }
    }
  }

  @Test
  void theModelOfACutCheckpointIsThatOfAWholeOne() throws IOException {
    String digest = save(2, SMALL);
    SavedModel saved = SavedModel.find(hadoop, dir.toString());
    int[] tokens = new int[17];
    try (LanguageModel model = saved.load();
        Replica replica = Replica.create(config, 1, 1)) {
      assertThat(model.numParameters()).isEqualTo(replica.numParameters());
      assertThat(model.lossSum(tokens)).isPositive();
    }
    SavedModel.Verified verified = saved.verify();
    assertThat(verified.parametersDigest()).isEqualTo(digest);
    assertThat(verified.stateDigest()).hasSize(64);
  }

  @Test
  void anAlteredFileOfACutModelIsNamed() throws IOException {
    save(1, SMALL);
    java.nio.file.Path file = dir.resolve(modelFiles().get(2));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
    SavedModel saved = SavedModel.find(hadoop, dir.toString());
    assertThatThrownBy(saved::load)
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageContaining(file.toString());
    assertThatThrownBy(saved::verify)
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aCutModelOfAnotherShapeIsRefused() throws IOException {
    save(1, SMALL);
    CheckpointManifest manifest = CheckpointManifest.read(hadoop, directory());
    try (Replica other = Replica.create(TinyRun.config("model.layers=2"), 1, 1)) {
      assertThatThrownBy(
              () -> ModelFiles.read(hadoop, directory(), manifest, other.state().parameters()))
          .isInstanceOf(CorruptCheckpointException.class)
          .hasMessageContaining("its tensors are not those of the model");
    }
  }
}
