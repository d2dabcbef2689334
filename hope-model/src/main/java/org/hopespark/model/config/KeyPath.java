// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Names of configuration keys, derived from record components. */
final class KeyPath {
  private KeyPath() {}

  static String key(RecordComponent component) {
    String name = component.getAnnotation(Key.class).name();
    return name.isEmpty() ? kebab(component.getName()) : name;
  }

  static List<String> keys(Class<?> type) {
    List<String> keys = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      keys.add(key(component));
    }
    return keys;
  }

  static String join(String prefix, String key) {
    return prefix.isEmpty() ? key : prefix + "." + key;
  }

  private static String kebab(String camel) {
    return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }
}
