// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hopespark.spark.InvalidUsageException;

/** The keys on which several configurations disagree. */
final class ConfigDifferences {
  private static final YAMLMapper YAML = new YAMLMapper();

  private final List<Map<String, String>> flattened;

  /** Takes configurations as YAML; an empty one has no keys. */
  ConfigDifferences(List<String> configs) {
    this.flattened = configs.stream().map(ConfigDifferences::flatten).toList();
  }

  /**
   * Returns a row for each key whose values differ, in the order of keys: the dotted key, then the
   * value in each configuration, {@code -} where absent.
   */
  List<List<String>> rows() {
    TreeSet<String> keys = new TreeSet<>();
    flattened.forEach(config -> keys.addAll(config.keySet()));
    List<List<String>> rows = new ArrayList<>();
    for (String key : keys) {
      List<String> values =
          flattened.stream().map(config -> config.getOrDefault(key, "-")).toList();
      if (new HashSet<>(values).size() > 1) {
        List<String> row = new ArrayList<>(List.of(key));
        row.addAll(values);
        rows.add(row);
      }
    }

    return rows;
  }

  private static Map<String, String> flatten(String yaml) {
    Map<String, String> keys = new TreeMap<>();
    try {
      collect("", YAML.readTree(yaml), keys);
    } catch (IOException e) {
      throw new InvalidUsageException(
          "Invalid run file [config.yaml]: it is not YAML. Run the command that wrote it again.",
          e);
    }

    return keys;
  }

  private static void collect(String path, JsonNode node, Map<String, String> keys) {
    if (!node.isContainerNode()) {
      if (!node.isMissingNode()) {
        keys.put(path, node.asText());
      }

      return;
    }

    for (Map.Entry<String, JsonNode> field : node.properties()) {
      collect(
          path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), keys);
    }

    for (int i = 0; node.isArray() && i < node.size(); i++) {
      collect(path + "." + i, node.get(i), keys);
    }
  }
}
