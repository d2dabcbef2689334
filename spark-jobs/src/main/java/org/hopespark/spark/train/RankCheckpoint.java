// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;
import org.hopespark.model.level.Level;
import org.hopespark.model.train.Replica;

/**
 * A rank's part of a checkpoint. Everyone reads the parameters and moments, which are the same
 * everywhere, and rank 0 writes them; accumulators belong to virtual shards, and whoever owns a
 * shard writes and reads them.
 */
final class RankCheckpoint {
  private final Configuration hadoop;
  private final Replica replica;
  private final int firstShard;
  private final int numShards;
  private final long steps;

  /**
   * @param firstShard virtual shard that the replica knows as its local shard 0
   * @param steps of the run
   */
  RankCheckpoint(Configuration hadoop, Replica replica, int firstShard, int numShards, long steps) {
    this.hadoop = hadoop;
    this.replica = replica;
    this.firstShard = firstShard;
    this.numShards = numShards;
    this.steps = steps;
  }

  void restore(String dir) throws IOException {
    Path directory = Storage.qualified(hadoop, dir);
    CheckpointManifest manifest = CheckpointManifest.read(hadoop, directory);
    VerifiedInput.read(
        hadoop, directory, manifest, CheckpointManifest.MODEL, replica::readParameters);
    VerifiedInput.read(
        hadoop, directory, manifest, CheckpointManifest.OPTIMIZER, replica::readOptimizer);
    List<Level> inside = inside(manifest.step());
    for (int shard = 0; shard < numShards && !inside.isEmpty(); shard++) {
      int local = shard;
      VerifiedInput.read(
          hadoop,
          directory,
          manifest,
          CheckpointManifest.accumulators(firstShard + shard),
          in -> replica.readAccumulators(local, inside, in));
    }
  }

  /**
   * Writes this rank's files, without a manifest.
   *
   * @param isFirst whether this is rank 0
   */
  Saved save(String dir, long step, boolean isFirst) throws IOException {
    Path directory = Storage.qualified(hadoop, dir);
    List<FileDigest> files = new ArrayList<>();
    String parametersDigest = "";
    if (isFirst) {
      DigestedOutput.Written model =
          DigestedOutput.write(
              hadoop, directory, CheckpointManifest.MODEL, replica::writeParameters);
      parametersDigest = model.tensors();
      files.add(model.file());
      files.add(
          DigestedOutput.write(
                  hadoop, directory, CheckpointManifest.OPTIMIZER, replica::writeOptimizer)
              .file());
    }
    List<Level> inside = inside(step);
    for (int shard = 0; shard < numShards && !inside.isEmpty(); shard++) {
      int local = shard;
      files.add(
          DigestedOutput.write(
                  hadoop,
                  directory,
                  CheckpointManifest.accumulators(firstShard + shard),
                  out -> replica.writeAccumulators(local, inside, out))
              .file());
    }
    return new Saved(files, parametersDigest);
  }

  /**
   * What was written.
   *
   * @param parametersDigest empty where the parameters were not written
   */
  record Saved(List<FileDigest> files, String parametersDigest) {}

  private List<Level> inside(long step) {
    return CheckpointManifest.insideInterval(replica.levels(), step, steps);
  }
}
