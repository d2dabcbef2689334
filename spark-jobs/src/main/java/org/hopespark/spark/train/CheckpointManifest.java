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
 * @param parametersDigest sha256 of the tensor bytes of model.safetensors
 * @param levelHashes XXH3-64 of every level's parameters, by name
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
    List<FileDigest> files) {
  static final String FORMAT = "hope-checkpoint-1";
  static final String MODEL = "model.safetensors";
  static final String OPTIMIZER = "optimizer.safetensors";
  static final String CONFIG_YAML = "config.yaml";
  static final String CONFIG_JSON = "config.json";
  static final String TOKENIZER = "tokenizer.json";
  static final String STATE = "trainer_state.json";
  static final String METRICS = "metrics.jsonl";

  static CheckpointManifest read(Configuration hadoop, Path directory) {
    return Manifest.read(hadoop, directory, FORMAT, CheckpointManifest.class);
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
