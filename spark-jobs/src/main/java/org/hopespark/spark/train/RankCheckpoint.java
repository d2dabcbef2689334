// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;
import org.hopespark.model.checkpoint.SafetensorsWriter;
import org.hopespark.model.checkpoint.TensorView;
import org.hopespark.model.level.Level;
import org.hopespark.model.train.Replica;
import org.hopespark.model.train.StateRange;

/**
 * A rank's part of a checkpoint. Parameters are the same everywhere and written once, by rank 0 or,
 * if they are many, file by file in turn; optimizer state is written by whoever owns it;
 * accumulators belong to virtual shards, and whoever owns a shard writes and reads them.
 */
final class RankCheckpoint {
  private final Configuration hadoop;
  private final Replica replica;
  private final List<StateRange> averagingStates;
  private final int rank;
  private final int workers;
  private final int numShards;
  private final long steps;
  private final long maxModelBytes;
  private final Predicate<Level> local;

  /**
   * @param averagingStates what {@link LevelAverages} hold, every rank a slice
   * @param numShards virtual shards of this rank
   * @param maxModelBytes the parameters are cut into files of at most so many bytes
   */
  RankCheckpoint(
      Configuration hadoop,
      Replica replica,
      List<StateRange> averagingStates,
      Gang gang,
      int numShards,
      long maxModelBytes) {
    this.hadoop = hadoop;
    this.replica = replica;
    this.averagingStates = averagingStates;
    this.rank = gang.rank();
    this.workers = gang.size();
    this.numShards = numShards;
    this.steps = gang.config().training().steps();
    this.maxModelBytes = maxModelBytes;
    this.local = level -> !Gang.isExact(gang.config(), level);
  }

  /**
   * Reads what this rank needs, however many ranks wrote it.
   *
   * @throws org.hopespark.model.CorruptCheckpointException naming a file that was altered
   */
  void restore(String dir) throws IOException {
    Path directory = Storage.qualified(hadoop, dir);
    CheckpointManifest manifest = CheckpointManifest.read(hadoop, directory);
    ModelFiles.read(hadoop, directory, manifest, replica.parameterTensors());
    List<StateRange> states = new ArrayList<>(replica.states());
    states.addAll(averagingStates);
    states.addAll(replica.sharedStates());
    StateFiles.read(hadoop, directory, manifest, rank, states);
    List<Level> inside = inside(manifest.step());
    for (int shard = 0; shard < numShards && !inside.isEmpty(); shard++) {
      int localShard = shard;
      VerifiedInput.read(
          hadoop,
          directory,
          manifest,
          CheckpointManifest.accumulators(rank * numShards + shard),
          in -> replica.readAccumulators(localShard, inside, in));
    }
  }

  /**
   * Whether the replica's parameters are those of the checkpoint, as far as they are the same on
   * all ranks.
   */
  boolean holds(String dir) {
    CheckpointManifest manifest = CheckpointManifest.read(hadoop, Storage.qualified(hadoop, dir));
    return replica.levels().stream()
        .allMatch(
            level ->
                local.test(level)
                    || CheckpointManifest.hash(replica.hash(level))
                        .equals(manifest.levelHashes().get(level.name())));
  }

  /** Writes this rank's files, without a manifest. */
  Saved save(String dir, long step) throws IOException {
    Path directory = Storage.qualified(hadoop, dir);
    List<FileDigest> files = new ArrayList<>();
    String parametersDigest = saveParameters(directory, files);
    List<StatePart> parts = new ArrayList<>();
    List<StateRange> states = new ArrayList<>(replica.states());
    if (rank == 0) {
      states.addAll(replica.sharedStates());
    }
    states.addAll(averagingStates);
    if (!states.isEmpty()) {
      StateFiles.Written written = StateFiles.write(hadoop, directory, rank, states, this::isOwn);
      files.add(written.file());
      parts.addAll(written.parts());
    }
    List<Level> inside = inside(step);
    for (int shard = 0; shard < numShards && !inside.isEmpty(); shard++) {
      int localShard = shard;
      files.add(
          DigestedOutput.write(
                  hadoop,
                  directory,
                  CheckpointManifest.accumulators(rank * numShards + shard),
                  out -> replica.writeAccumulators(localShard, inside, out))
              .file());
    }
    return new Saved(files, parts, parametersDigest);
  }

  /** Whether every rank has such a state of its own. */
  private boolean isOwn(StateRange state) {
    return local.test(state.level()) && !averagingStates.contains(state);
  }

  private String saveParameters(Path directory, List<FileDigest> files) throws IOException {
    List<TensorView> tensors = replica.parameterTensors();
    List<ModelFiles.Part> parts = ModelFiles.plan(tensors, maxModelBytes);
    String digest = "";
    for (int i = rank; i < parts.size(); i += workers) {
      DigestedOutput.Written written =
          DigestedOutput.write(
              hadoop, directory, parts.get(i).name(), parameters(parts.get(i).tensors()));
      files.add(written.file());
      digest = written.tensors();
    }
    if (rank == 0 && parts.size() > 1) {
      files.add(
          FileDigest.write(
              hadoop, directory, CheckpointManifest.MODEL_INDEX, ModelFiles.index(parts)));
      digest = ModelFiles.digest(tensors);
    }
    return rank == 0 ? digest : "";
  }

  private static DigestedOutput.Writer parameters(List<TensorView> tensors) {
    return out -> SafetensorsWriter.write(out, Map.of("format", "hope-spark"), tensors);
  }

  /**
   * What was written.
   *
   * @param parametersDigest from rank 0; empty from the others
   */
  record Saved(List<FileDigest> files, List<StatePart> states, String parametersDigest) {}

  private List<Level> inside(long step) {
    return CheckpointManifest.insideInterval(replica.levels(), step, steps);
  }
}
