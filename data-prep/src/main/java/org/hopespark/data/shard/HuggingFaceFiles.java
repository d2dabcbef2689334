// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Json;
import org.hopespark.data.store.OutputDirectory;

/**
 * The small files by which {@code datasets.load_from_disk} takes the shards as a data set: one per
 * split, and all splits together.
 */
public final class HuggingFaceFiles {
  private static final int FINGERPRINT_DIGITS = 16;

  private HuggingFaceFiles() {}

  /** Writes them and returns what was written. */
  public static List<FileDigest> write(
      OutputDirectory directory, Map<String, DatasetManifest.Split> splits) {
    List<FileDigest> written = new ArrayList<>();
    splits.forEach(
        (name, split) -> {
          written.add(directory.write(name + "/state.json", Json.bytes(state(name, split))));
          // Features come from the Arrow schema.
          written.add(directory.write(name + "/dataset_info.json", Json.bytes(Map.of())));
        });
    written.add(
        directory.write(
            "dataset_dict.json", Json.bytes(Map.of("splits", List.copyOf(splits.keySet())))));
    return written;
  }

  private static Map<String, Object> state(String name, DatasetManifest.Split split) {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put(
        "_data_files",
        split.shards().stream()
            .map(shard -> Map.of("filename", shard.file().name().substring(name.length() + 1)))
            .toList());
    state.put("_fingerprint", split.tokensSha256().substring(0, FINGERPRINT_DIGITS));
    state.put("_format_columns", null);
    state.put("_format_kwargs", Map.of());
    state.put("_format_type", null);
    state.put("_output_all_columns", false);
    state.put("_split", name);
    return state;
  }
}
