// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Manifest;
import org.hopespark.model.level.Level;

/**
 * {@code manifest.json} of a checkpoint, written last: without it there is no checkpoint.
 *
 * @param format {@link #FORMAT}
 * @param step steps taken
 * @param workers that made it; any number can go on from it
 * @param datasetId the data set trained on
 * @param configDigest digest of the settings that decide the numbers
 * @param parametersDigest sha256 of the parameters' bytes in the order of tensor names
 * @param levelHashes XXH3-64 of every level's parameters, by name
 * @param states where which range of the optimizer state is, by rank
 * @param files every other file of the directory
 */
record CheckpointManifest(
    String format,
    long step,
    int workers,
    String datasetId,
    String configDigest,
    String parametersDigest,
    Map<String, String> levelHashes,
    List<StatePart> states,
    List<FileDigest> files) {
  private static final String FAMILY = "hope-checkpoint-";
  static final String FORMAT = FAMILY + "2";
  static final String MODEL = "model.safetensors";
  static final String MODEL_INDEX = "model.safetensors.index.json";
  static final String CONFIG_YAML = "config.yaml";
  static final String CONFIG_JSON = "config.json";
  static final String TOKENIZER = "tokenizer.json";
  static final String STATE = "trainer_state.json";
  static final String METRICS = "metrics.jsonl";

  static CheckpointManifest read(Configuration hadoop, Path directory) {
    return Manifest.read(hadoop, directory, FORMAT, CheckpointManifest.class);
  }

  /** Whether the directory's manifest is one of a checkpoint, of this format or another. */
  static boolean isAt(Configuration hadoop, Path directory) {
    return Manifest.format(hadoop, directory)
        .filter(format -> format.startsWith(FAMILY))
        .isPresent();
  }

  /** A level's hash as it stands in {@link #levelHashes}. */
  static String hash(long hash) {
    return "%016x".formatted(hash);
  }

  /** Optimizer state of the ranges that {@code rank} owns. */
  static String optimizer(int rank) {
    return "optimizer-" + rank + ".safetensors";
  }

  /** Keyed by virtual shard, not by rank, so that any number of workers can go on. */
  static String accumulators(int shard) {
    return "accumulators-" + shard + ".safetensors";
  }

  /** Levels that have gathered gradient since their last update, after {@code step}. */
  static List<Level> insideInterval(List<Level> levels, long step, long steps) {
    return levels.stream().filter(level -> step % level.period() != 0 && step != steps).toList();
  }

  Optional<FileDigest> file(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }
}
