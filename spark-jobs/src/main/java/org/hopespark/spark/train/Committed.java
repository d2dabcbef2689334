// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Storage;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.config.RunConfig;

/**
 * A point that a run can go on from.
 *
 * @param directory of the checkpoint; null before the first
 * @param state at that step
 * @param metrics lines of metrics.jsonl up to that step
 */
record Committed(Path directory, TrainerState state, List<String> metrics) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * Reads a checkpoint that this configuration and data set can go on from.
   *
   * @throws org.hopespark.model.InvalidConfigException if the configuration trains another model
   * @throws org.hopespark.spark.InvalidUsageException if the data set is another one
   * @throws CorruptCheckpointException if a file is not as the manifest says
   */
  static Committed resume(
      Configuration hadoop, Path directory, RunConfig config, String datasetId, String data)
      throws IOException {
    CheckpointManifest manifest = CheckpointManifest.read(hadoop, directory);
    RunConfig saved =
        RunConfig.read(
            new ByteArrayInputStream(
                VerifiedInput.content(hadoop, directory, manifest, CheckpointManifest.CONFIG_YAML)),
            List.of());
    ResumeRules.check(Storage.display(directory), manifest, saved, config, datasetId, data);
    byte[] state = VerifiedInput.content(hadoop, directory, manifest, CheckpointManifest.STATE);
    byte[] metrics = VerifiedInput.content(hadoop, directory, manifest, CheckpointManifest.METRICS);
    try {
      return new Committed(
          directory,
          JSON.readValue(state, TrainerState.class),
          new String(metrics, StandardCharsets.UTF_8).lines().toList());
    } catch (JsonProcessingException e) {
      throw new CorruptCheckpointException(
          "Invalid checkpoint file [%s]: it is not a trainer's state. Use an older checkpoint."
              .formatted(Storage.display(new Path(directory, CheckpointManifest.STATE))),
          e);
    }
  }
}
