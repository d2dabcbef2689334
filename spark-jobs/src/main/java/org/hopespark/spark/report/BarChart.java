// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.ArrayList;
import java.util.List;

/** Horizontal bars from zero as inline SVG, the name before each and the figure behind it. */
final class BarChart {
  static final double WIDTH = 880;
  static final double BAR_LEFT = 180;
  static final double BAR_RIGHT = 760;
  static final double ROW_HEIGHT = 34;

  private static final double BAR_HEIGHT = 20;

  /** One bar. */
  record Bar(String name, String style, double value, String figure) {}

  private final String title;
  private final List<Bar> bars = new ArrayList<>();

  BarChart(String title) {
    this.title = title;
  }

  /** Adds a bar; the value is not negative. */
  BarChart bar(String name, String style, double value, String figure) {
    bars.add(new Bar(name, style, value, figure));
    return this;
  }

  String svg() {
    double most = bars.stream().mapToDouble(Bar::value).max().orElse(0);
    StringBuilder svg = new StringBuilder();
    svg.append(
        Svg.format(
            "<svg class=\"chart\" viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\">\n",
            WIDTH, ROW_HEIGHT * bars.size(), Html.escape(title)));
    for (int row = 0; row < bars.size(); row++) {
      Bar bar = bars.get(row);
      double top = ROW_HEIGHT * row + (ROW_HEIGHT - BAR_HEIGHT) / 2;
      double width = most > 0 ? bar.value() / most * (BAR_RIGHT - BAR_LEFT) : 0;
      double baseline = top + BAR_HEIGHT - 5;
      svg.append(text("bar-name end", BAR_LEFT - 12, baseline, bar.name()));
      svg.append(
          Svg.format(
              "<rect class=\"bar %s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"2\"/>\n",
              bar.style(), BAR_LEFT, top, width, BAR_HEIGHT));
      svg.append(text("bar-figure", BAR_LEFT + width + 8, baseline, bar.figure()));
    }

    return svg.append("</svg>\n").toString();
  }

  private static String text(String style, double x, double y, String text) {
    return Svg.format(
        "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n", style, x, y, Html.escape(text));
  }
}
