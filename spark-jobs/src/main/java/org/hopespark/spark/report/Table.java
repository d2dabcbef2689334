// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows under named columns, drawn as an HTML table or as aligned text; text columns are set left,
 * figures right.
 */
public final class Table {
  private static final String GAP = "  ";

  private enum Alignment {
    LEFT,
    RIGHT
  }

  private final List<String> names = new ArrayList<>();
  private final List<Alignment> alignments = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a column of text. */
  public Table text(String name) {
    names.add(name);
    alignments.add(Alignment.LEFT);
    return this;
  }

  /** Adds a column of figures. */
  public Table figures(String name) {
    names.add(name);
    alignments.add(Alignment.RIGHT);
    return this;
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has not one cell per column
   */
  public Table row(String... cells) {
    if (cells.length != names.size()) {
      throw new IllegalArgumentException(
          "Invalid row of " + cells.length + " cells: the table has " + names.size() + " columns.");
    }

    rows.add(List.of(cells));
    return this;
  }

  /** Returns an HTML table, every cell escaped; without a head where all column names are empty. */
  String html() {
    StringBuilder html = new StringBuilder("<div class=\"wide\"><table>\n");
    if (names.stream().anyMatch(name -> !name.isEmpty())) {
      html.append("<thead>");
      appendRow(html, "th", names);
      html.append("</thead>\n");
    }

    html.append("<tbody>\n");
    rows.forEach(row -> appendRow(html, "td", row));
    return html.append("</tbody></table></div>\n").toString();
  }

  /**
   * Returns the lines of an aligned text table: the head where a column has a name, then the rows;
   * no line ends in blanks.
   */
  public List<String> lines() {
    List<List<String>> all = new ArrayList<>();
    if (names.stream().anyMatch(name -> !name.isEmpty())) {
      all.add(names);
    }

    all.addAll(rows);
    int[] widths = new int[names.size()];
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }

    return all.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? "" : GAP);
      line.append(
          alignments.get(i) == Alignment.RIGHT ? padding + row.get(i) : row.get(i) + padding);
    }

    return line.toString().stripTrailing();
  }

  private void appendRow(StringBuilder html, String element, List<String> cells) {
    html.append("<tr>");
    for (int i = 0; i < cells.size(); i++) {
      String style = alignments.get(i) == Alignment.RIGHT ? " class=\"figure\"" : "";
      html.append('<').append(element).append(style).append('>');
      html.append(Html.escape(cells.get(i)));
      html.append("</").append(element).append('>');
    }

    html.append("</tr>\n");
  }
}
