// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** JSON text of one layout, which does not depend on the printer of a library. */
final class Json {
  private static final int MAX_MESSAGE = 120;

  private Json() {}

  static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }

  /** A node on one line, members in their order. */
  static String canonical(JsonNode node) {
    List<String> parts = new ArrayList<>();
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        parts.add(quoted(member.getKey()) + ": " + canonical(member.getValue()));
      }
      return "{" + String.join(", ", parts) + "}";
    }
    if (node.isArray()) {
      node.forEach(element -> parts.add(canonical(element)));
      return "[" + String.join(", ", parts) + "]";
    }
    return node.isTextual() ? quoted(node.asText()) : node.asText();
  }

  /** Text for a message: a single line of bounded length. */
  static String oneLine(String text) {
    String start = text.length() > MAX_MESSAGE ? text.substring(0, MAX_MESSAGE) + "..." : text;
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < start.length(); i++) {
      char character = start.charAt(i);
      line.append(
          breaksLines(character)
              ? "\\u%04X".formatted((int) character)
              : String.valueOf(character));
    }
    return line.toString();
  }

  private static boolean breaksLines(char character) {
    return Character.isISOControl(character) || character == 0x2028 || character == 0x2029;
  }
}
