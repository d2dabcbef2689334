// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Json;
import org.hopespark.data.store.Storage;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.checkpoint.SafetensorsReader;
import org.hopespark.model.checkpoint.SafetensorsWriter;
import org.hopespark.model.checkpoint.TensorView;

/**
 * How the parameters lie in files: in one, which is what people load, and beyond a size as Hugging
 * Face shards them, whole tensors in files with an index. Follows from the tensors alone, so the
 * files are the same for any number of workers.
 */
final class ModelFiles {
  /** So large may one file be. */
  static final long MAX_BYTES = 1L << 30;

  private static final String WEIGHTS = "weight_map";

  private ModelFiles() {}

  /**
   * One file.
   *
   * @param tensors in the order of their names; all of them come before those of the next file
   */
  record Part(String name, List<TensorView> tensors) {}

  /** Cuts {@code tensors}; a tensor beyond {@code maxBytes} has a file of its own. */
  static List<Part> plan(List<TensorView> tensors, long maxBytes) {
    List<List<TensorView>> cut = new ArrayList<>();
    long bytes = 0;
    for (TensorView tensor :
        tensors.stream().sorted(Comparator.comparing(TensorView::name)).toList()) {
      long size = tensor.size() * Float.BYTES;
      if (cut.isEmpty() || bytes + size > maxBytes) {
        cut.add(new ArrayList<>());
        bytes = 0;
      }
      cut.get(cut.size() - 1).add(tensor);
      bytes += size;
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < cut.size(); i++) {
      String name =
          cut.size() == 1
              ? CheckpointManifest.MODEL
              : "model-%05d-of-%05d.safetensors".formatted(i + 1, cut.size());
      parts.add(new Part(name, cut.get(i)));
    }
    return parts;
  }

  /** sha256 of the tensors in the order of their names, whatever files they are in. */
  static String digest(List<TensorView> tensors) throws IOException {
    return DigestedOutput.discard(
            CheckpointManifest.MODEL, out -> SafetensorsWriter.write(out, Map.of(), tensors))
        .tensors();
  }

  /** Which file holds which tensor, as Hugging Face's libraries read it. */
  static byte[] index(List<Part> parts) {
    Map<String, String> weights = new TreeMap<>();
    long bytes = 0;
    for (Part part : parts) {
      for (TensorView tensor : part.tensors()) {
        weights.put(tensor.name(), part.name());
        bytes += tensor.size() * Float.BYTES;
      }
    }
    return Json.bytes(Map.of("metadata", Map.of("total_size", bytes), WEIGHTS, weights));
  }

  /**
   * Fills exactly {@code tensors} from a checkpoint's files, one or several.
   *
   * @throws CorruptCheckpointException naming the file that is not as the manifest says, or holds
   *     another model
   */
  static void read(
      Configuration hadoop, Path directory, CheckpointManifest manifest, List<TensorView> tensors)
      throws IOException {
    if (manifest.file(CheckpointManifest.MODEL_INDEX).isEmpty()) {
      VerifiedInput.read(
          hadoop,
          directory,
          manifest,
          CheckpointManifest.MODEL,
          in -> SafetensorsReader.read(in, tensors));
      return;
    }
    JsonNode weights = weights(hadoop, directory, manifest);
    Map<String, List<TensorView>> byFile = new TreeMap<>();
    for (TensorView tensor : tensors) {
      String file = weights.path(tensor.name()).asText();
      byFile.computeIfAbsent(file, name -> new ArrayList<>()).add(tensor);
    }
    if (byFile.containsKey("") || weights.size() != tensors.size()) {
      throw new CorruptCheckpointException(
          "Invalid checkpoint file [%s]: its tensors are not those of the model. Use the configuration that the checkpoint was made with."
              .formatted(Storage.display(new Path(directory, CheckpointManifest.MODEL_INDEX))));
    }
    for (Map.Entry<String, List<TensorView>> file : byFile.entrySet()) {
      VerifiedInput.read(
          hadoop,
          directory,
          manifest,
          file.getKey(),
          in -> SafetensorsReader.read(in, file.getValue()));
    }
  }

  private static JsonNode weights(Configuration hadoop, Path directory, CheckpointManifest manifest)
      throws IOException {
    String name = CheckpointManifest.MODEL_INDEX;
    byte[] index = VerifiedInput.content(hadoop, directory, manifest, name);
    try {
      return new ObjectMapper().readTree(index).path(WEIGHTS);
    } catch (JsonProcessingException e) {
      throw new CorruptCheckpointException(
          "Invalid checkpoint file [%s]: it is not JSON. Use an older checkpoint."
              .formatted(Storage.display(new Path(directory, name))),
          e);
    }
  }
}
