// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.List;

/** {@code docs/configuration.md}, written from the records so that it cannot lag behind them. */
public final class ConfigurationPage {
  private ConfigurationPage() {}

  /** The whole page, as Markdown: one table row per key. */
  public static String markdown() {
    StringBuilder page = new StringBuilder();
    page.append("# Configuration\n\n");
    page.append(
        "Written from the configuration records by the build; a test fails when it is out of date.\n");
    page.append(
        "Keys left out of a file take the default; `--set key=value` wins over the file.\n\n");
    page.append("| key | default | range | meaning |\n|---|---|---|---|\n");
    rows(RunConfig.class, "", page);
    return page.toString();
  }

  private static void rows(Class<?> type, String path, StringBuilder page) {
    for (RecordComponent component : type.getRecordComponents()) {
      Key key = component.getAnnotation(Key.class);
      String name = KeyPath.join(path, KeyPath.key(component));
      if (component.getType().isRecord()) {
        rows(component.getType(), name, page);
        continue;
      }
      page.append(
          "| `%s` | `%s` | %s | %s |\n"
              .formatted(name, key.defaultValue(), key.range(), key.description()));
      if (component.getType() == List.class) {
        ParameterizedType list = (ParameterizedType) component.getGenericType();
        Class<?> element = (Class<?>) list.getActualTypeArguments()[0];
        if (element.isRecord()) {
          rows(element, name + "[]", page);
        }
      }
    }
  }
}
