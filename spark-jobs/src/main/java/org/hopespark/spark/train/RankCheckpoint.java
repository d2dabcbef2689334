// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Storage;
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
    ModelFiles.read(hadoop, directory, manifest, replica.state().parameters());
    List<StateRange> states = new ArrayList<>(replica.state().optimizer());
    states.addAll(averagingStates);
    states.addAll(replica.state().shared());
    StateFiles.read(hadoop, directory, manifest, rank, states);
    List<Level> inside = inside(manifest.step());
    for (int shard = 0; shard < numShards && !inside.isEmpty(); shard++) {
      int localShard = shard;
      VerifiedInput.read(
          hadoop,
          directory,
          manifest,
          CheckpointManifest.accumulators(rank * numShards + shard),
          in -> replica.state().readAccumulators(localShard, inside, in));
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

  /** Whether the replica's parameters are those with these hashes, by level. */
  boolean holds(List<Long> hashes) {
    return replica.levels().stream()
        .allMatch(level -> replica.hash(level) == hashes.get(level.index()));
  }

  /** What this rank has to write after {@code step}; it changes with the replica. */
  RankContent content(long step) {
    List<TensorView> tensors = replica.state().parameters();
    List<ModelFiles.Part> parts = ModelFiles.plan(tensors, maxModelBytes);
    List<ModelFiles.Part> own = new ArrayList<>();
    for (int i = rank; i < parts.size(); i += workers) {
      own.add(parts.get(i));
    }
    List<StateRange> states = new ArrayList<>(replica.state().optimizer());
    if (rank == 0) {
      states.addAll(replica.state().shared());
    }
    states.addAll(averagingStates);
    SortedMap<Integer, List<TensorView>> accumulators = new TreeMap<>();
    List<Level> inside = inside(step);
    for (int shard = 0; shard < numShards && !inside.isEmpty(); shard++) {
      accumulators.put(rank * numShards + shard, replica.state().accumulators(shard, inside));
    }
    return new RankContent(
        rank,
        own,
        rank == 0 && parts.size() > 1 ? parts : List.of(),
        states.stream().map(state -> new RankContent.State(state, isOwn(state))).toList(),
        accumulators);
  }

  /** Whether every rank has such a state of its own. */
  private boolean isOwn(StateRange state) {
    return local.test(state.level()) && !averagingStates.contains(state);
  }

  private List<Level> inside(long step) {
    return CheckpointManifest.insideInterval(replica.levels(), step, steps);
  }
}
