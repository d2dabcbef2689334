// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.lang.reflect.RecordComponent;
import java.util.List;

/** From records back to text: every key with the value that was used, in the records' order. */
final class ConfigWriter {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .build();
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigWriter() {}

  static String toYaml(Record config) {
    return write(YAML, config);
  }

  static String toJson(Record config) {
    return write(JSON, config);
  }

  private static String write(ObjectMapper mapper, Record config) {
    try {
      return mapper.writeValueAsString(tree(config));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode tree(Record config) {
    ObjectNode section = JsonNodeFactory.instance.objectNode();
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      section.set(KeyPath.key(component), node(value(component, config)));
    }
    return section;
  }

  private static JsonNode node(Object value) {
    if (value instanceof Record section) {
      return tree(section);
    }
    if (value instanceof List<?> list) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      list.forEach(item -> array.add(node(item)));
      return array;
    }
    return JSON.valueToTree(value);
  }

  private static Object value(RecordComponent component, Record config) {
    try {
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
