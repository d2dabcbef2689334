// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hopespark.data.store.Checksum;
import org.hopespark.model.config.RunConfig;

/**
 * Whether two configurations train the same model, bit for bit. Keys that only say how the work is
 * done (how many workers, when to save or print) are left out of the comparison.
 */
final class SameNumbers {
  private static final Set<String> FREE =
      Set.of(
          "sync.workers",
          "sync.timeout-seconds",
          "sync.min-workers",
          "sync.capacity-timeout-seconds",
          "sync.attempts",
          "sync.transport",
          "sync.lanes",
          "sync.overlap",
          "sync.port",
          "checkpoint.every-steps",
          "checkpoint.keep",
          "checkpoint.keep-every",
          "checkpoint.asynchronous",
          "training.log-every");

  private SameNumbers() {}

  /** Equal digests, equal numbers. */
  static String digest(RunConfig config) {
    return Checksum.sha256(values(config).toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The first key, by name, whose value differs: {@code "key is A ... and B ..."}. */
  static Optional<String> difference(RunConfig saved, RunConfig given) {
    SortedMap<String, String> left = values(saved);
    SortedMap<String, String> right = values(given);
    SortedSet<String> keys = new TreeSet<>(left.keySet());
    keys.addAll(right.keySet());
    return keys.stream()
        .filter(key -> !left.getOrDefault(key, "absent").equals(right.getOrDefault(key, "absent")))
        .findFirst()
        .map(
            key ->
                "%s is %s in its checkpoint and %s in this configuration"
                    .formatted(
                        key, left.getOrDefault(key, "absent"), right.getOrDefault(key, "absent")));
  }

  private static SortedMap<String, String> values(RunConfig config) {
    try {
      SortedMap<String, String> values = new TreeMap<>();
      flatten("", new ObjectMapper().readTree(config.toJson()), values);
      values.keySet().removeAll(FREE);
      return values;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void flatten(String path, JsonNode node, Map<String, String> into) {
    if (node instanceof ObjectNode section) {
      for (Iterator<Map.Entry<String, JsonNode>> fields = section.fields(); fields.hasNext(); ) {
        Map.Entry<String, JsonNode> field = fields.next();
        String key = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
        flatten(key, field.getValue(), into);
      }
    } else {
      into.put(path, node.toString());
    }
  }
}
