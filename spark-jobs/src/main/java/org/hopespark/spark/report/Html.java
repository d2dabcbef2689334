// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

/** Text made safe for HTML and SVG. */
final class Html {
  private Html() {}

  /**
   * Returns the text with the five characters of markup escaped, and control characters that HTML
   * forbids shown as U+FFFD.
   */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(isForbidden(c) ? '\uFFFD' : c);
      }
    }

    return escaped.toString();
  }

  private static boolean isForbidden(char c) {
    boolean isSpace = c == '\n' || c == '\t' || c == '\r';
    return Character.isISOControl(c) && !isSpace;
  }
}
