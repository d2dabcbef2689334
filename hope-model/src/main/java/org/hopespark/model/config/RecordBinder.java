// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.hopespark.model.InvalidConfigException;

/**
 * Makes a record from a tree: unknown keys are refused, absent ones take the default that stands at
 * the record.
 */
final class RecordBinder {
  private RecordBinder() {}

  static Object bind(Class<?> type, JsonNode section, String path) {
    if (!section.isObject()) {
      throw invalid(path, section, "a section of keys");
    }
    refuseUnknown(type, section, path);
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(components[i], section, path);
    }
    return construct(type, types, values);
  }

  private static void refuseUnknown(Class<?> type, JsonNode section, String path) {
    List<String> known = KeyPath.keys(type);
    for (Iterator<String> names = section.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new InvalidConfigException(
            "Invalid configuration key [%s]: there is no such key. Did you mean %s?"
                .formatted(KeyPath.join(path, name), KeyPath.join(path, Nearest.of(name, known))));
      }
    }
  }

  private static Object value(RecordComponent component, JsonNode section, String path) {
    String key = KeyPath.key(component);
    JsonNode node = section.get(key);
    if (node == null || node.isNull()) {
      node = defaultOf(component);
    }
    return convert(component, node, KeyPath.join(path, key));
  }

  private static JsonNode defaultOf(RecordComponent component) {
    try {
      return ConfigReader.parseValue(component.getAnnotation(Key.class).defaultValue());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object convert(RecordComponent component, JsonNode node, String path) {
    Class<?> type = component.getType();
    if (type == int.class) {
      if (!node.isIntegralNumber() || !node.canConvertToInt()) {
        throw invalid(path, node, "a whole number");
      }
      return node.intValue();
    }
    if (type == long.class) {
      if (!node.isIntegralNumber() || !node.canConvertToLong()) {
        throw invalid(path, node, "a whole number");
      }
      return node.longValue();
    }
    if (type == double.class) {
      // YAML 1.1 reads 3e-3 without a point as text; people write it.
      Double number = node.isNumber() ? Double.valueOf(node.doubleValue()) : parse(node.asText());
      if (number == null) {
        throw invalid(path, node, "a number");
      }
      return number;
    }
    if (type == boolean.class) {
      if (!node.isBoolean()) {
        throw invalid(path, node, "true or false");
      }
      return node.booleanValue();
    }
    if (type == String.class) {
      return word(node, path);
    }
    if (type == List.class) {
      return list(component, node, path);
    }
    return bind(type, node, path);
  }

  private static List<Object> list(RecordComponent component, JsonNode node, String path) {
    if (!node.isArray()) {
      throw invalid(path, node, "a list");
    }
    Class<?> element =
        (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
    List<Object> values = new ArrayList<>();
    for (JsonNode item : node) {
      String at = path + "[" + values.size() + "]";
      values.add(element == String.class ? word(item, at) : bind(element, item, at));
    }
    return values;
  }

  private static String word(JsonNode node, String path) {
    if (!node.isValueNode()) {
      throw invalid(path, node, "a word");
    }
    return node.asText();
  }

  private static Double parse(String text) {
    try {
      return Double.valueOf(text.strip());
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static InvalidConfigException invalid(String path, JsonNode node, String expected) {
    return new InvalidConfigException(
        "Invalid %s [%s]: must be %s. See docs/configuration.md."
            .formatted(path, node.isValueNode() ? node.asText() : node, expected));
  }

  private static Object construct(Class<?> type, Class<?>[] types, Object[] values) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidConfigException refusal) {
        throw refusal;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
