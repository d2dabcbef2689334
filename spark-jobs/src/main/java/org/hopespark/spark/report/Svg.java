// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.Locale;

/** Writing of SVG elements. */
final class Svg {
  private Svg() {}

  /**
   * Returns the pattern with its {@code %s} filled; numbers become coordinates with at most two
   * decimals, so that equal drawings are equal texts.
   */
  static String format(String pattern, Object... values) {
    Object[] texts = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      texts[i] = values[i] instanceof Double number ? coordinate(number) : values[i];
    }

    return String.format(Locale.ROOT, pattern, texts);
  }

  private static String coordinate(double value) {
    double rounded = Math.round(value * 100) / 100.0;
    return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
  }
}
