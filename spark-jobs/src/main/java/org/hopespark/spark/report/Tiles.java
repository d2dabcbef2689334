// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

/** A row of the figures that a reader looks for first. */
final class Tiles {
  private final StringBuilder html = new StringBuilder("<dl class=\"tiles\">\n");

  Tiles tile(String name, String figure, String remark) {
    html.append("<div><dt>")
        .append(Html.escape(name))
        .append("</dt><dd>")
        .append(Html.escape(figure));
    html.append("<small>").append(Html.escape(remark)).append("</small></dd></div>\n");
    return this;
  }

  String html() {
    return html + "</dl>\n";
  }
}
