// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.hopespark.model.InvalidConfigException;

/** From YAML and overrides to one tree, and from the tree to records. */
final class ConfigReader {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ConfigReader() {}

  static <T extends Record> T read(Class<T> type, InputStream yaml, List<String> overrides) {
    ObjectNode tree = parse(yaml);
    for (String override : overrides) {
      apply(tree, override);
    }
    return type.cast(RecordBinder.bind(type, tree, ""));
  }

  static JsonNode parseValue(String yaml) throws IOException {
    return YAML.readTree(yaml);
  }

  private static ObjectNode parse(InputStream yaml) {
    JsonNode tree;
    try {
      tree = YAML.readTree(yaml);
    } catch (IOException e) {
      throw new InvalidConfigException(
          "Cannot read configuration [%s]: it is not YAML. Correct the text at the place named."
              .formatted(firstLine(e)),
          e);
    }
    if (tree == null || tree.isMissingNode() || tree.isNull()) {
      return YAML.createObjectNode();
    }
    if (!tree.isObject()) {
      throw new InvalidConfigException(
          "Invalid configuration [%s]: the top must be a mapping of keys. Write key: value lines."
              .formatted(tree.getNodeType()));
    }
    return (ObjectNode) tree;
  }

  private static void apply(ObjectNode tree, String override) {
    int equals = override.indexOf('=');
    if (equals <= 0) {
      throw new InvalidConfigException(
          "Invalid --set [%s]: must be key=value. Write it like --set model.dim=128."
              .formatted(override));
    }
    List<String> path = Arrays.asList(override.substring(0, equals).split("\\.", -1));
    JsonNode value;
    try {
      value = parseValue(override.substring(equals + 1));
    } catch (IOException e) {
      throw new InvalidConfigException(
          "Invalid --set [%s]: the value is not YAML. Quote it if it holds special characters."
              .formatted(override),
          e);
    }
    ObjectNode parent = tree;
    for (String key : path.subList(0, path.size() - 1)) {
      JsonNode child = parent.get(key);
      parent = child instanceof ObjectNode section ? section : parent.putObject(key);
    }
    parent.set(path.get(path.size() - 1), value);
  }

  private static String firstLine(IOException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
