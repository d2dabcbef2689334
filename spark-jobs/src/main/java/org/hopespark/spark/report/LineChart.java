// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A line chart as inline SVG: series over a shared x axis, dashed reference lines labelled at the
 * right edge, and rows of ticks below the plot that mark events. Colours come from the page's style
 * sheet, so the chart follows its light or dark theme.
 */
final class LineChart {
  static final double WIDTH = 880;
  static final double PLOT_LEFT = 64;
  static final double PLOT_RIGHT = 744;
  static final double PLOT_TOP = 16;
  static final double PLOT_BOTTOM = 296;

  private static final double TICK_LABEL_GAP = 8;
  private static final double AXIS_ROOM = 46; // tick labels and the name of the axis
  private static final double ROW_HEIGHT = 18;
  private static final double LABEL_HEIGHT = 15;
  private static final int X_INTERVALS = 8;
  private static final int Y_INTERVALS = 5;

  /** A point of a series. */
  record Point(double x, double y) {}

  /** A line; its style is a class of the style sheet. */
  record Series(String name, String style, List<Point> points) {}

  /** A height drawn as a dashed line over the whole width. */
  record Reference(String name, String style, double y) {}

  /** Events marked in a row of their own under the plot. */
  record Marks(String name, String style, List<Double> at) {}

  private final String title;
  private final String xName;
  private final String yName;
  private final List<Series> series = new ArrayList<>();
  private final List<Reference> references = new ArrayList<>();
  private final List<Marks> marks = new ArrayList<>();
  private boolean showsZero;

  /** The title is what a screen reader says; axis names carry the unit. */
  LineChart(String title, String xName, String yName) {
    this.title = title;
    this.xName = xName;
    this.yName = yName;
  }

  LineChart series(String name, String style, List<Point> points) {
    series.add(new Series(name, style, points));
    return this;
  }

  LineChart reference(String name, String style, double y) {
    references.add(new Reference(name, style, y));
    return this;
  }

  LineChart marks(String name, String style, List<Double> at) {
    marks.add(new Marks(name, style, at));
    return this;
  }

  /** Makes the y axis start at zero, as it should where ratios matter. */
  LineChart fromZero() {
    showsZero = true;
    return this;
  }

  /** Returns the SVG element, or a sentence where no series has a point. */
  String svg() {
    List<Point> points = series.stream().flatMap(line -> line.points().stream()).toList();
    if (points.isEmpty()) {
      return "<p class=\"none\">"
          + Html.escape("No points: the run logged nothing to draw here.")
          + "</p>\n";
    }

    Axis x =
        Axis.covering(0, points.stream().mapToDouble(Point::x).max().orElseThrow(), X_INTERVALS);
    double[] heights =
        DoubleStream.concat(
                points.stream().mapToDouble(Point::y),
                references.stream().mapToDouble(Reference::y))
            .filter(Double::isFinite)
            .toArray();
    Axis y =
        Axis.covering(
            showsZero ? 0 : DoubleStream.of(heights).min().orElse(0),
            DoubleStream.of(heights).max().orElse(1),
            Y_INTERVALS);
    double height = PLOT_BOTTOM + AXIS_ROOM + ROW_HEIGHT * marks.size();

    StringBuilder svg = new StringBuilder();
    svg.append(
        Svg.format(
            "<svg class=\"chart\" viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\">\n",
            WIDTH, height, Html.escape(title)));
    appendAxes(svg, x, y);
    series.forEach(line -> appendSeries(svg, line, x, y));
    references.forEach(reference -> appendReference(svg, reference, y));
    appendLabels(svg, y);
    for (int row = 0; row < marks.size(); row++) {
      appendMarks(svg, marks.get(row), x, PLOT_BOTTOM + AXIS_ROOM + ROW_HEIGHT * row);
    }

    return svg.append("</svg>\n").toString();
  }

  private void appendAxes(StringBuilder svg, Axis x, Axis y) {
    for (double tick : y.ticks()) {
      double at = y.position(tick, PLOT_BOTTOM, PLOT_TOP);
      svg.append(
          Svg.format(
              "<line class=\"grid\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>",
              PLOT_LEFT, at, PLOT_RIGHT, at));
      svg.append(
          Svg.format(
              "<text class=\"tick end\" x=\"%s\" y=\"%s\">%s</text>\n",
              PLOT_LEFT - TICK_LABEL_GAP, at + 4, Numbers.tick(tick, y.step())));
    }

    for (double tick : x.ticks()) {
      double at = x.position(tick, PLOT_LEFT, PLOT_RIGHT);
      svg.append(
          Svg.format(
              "<line class=\"axis\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>",
              at, PLOT_BOTTOM, at, PLOT_BOTTOM + 4));
      svg.append(
          Svg.format(
              "<text class=\"tick middle\" x=\"%s\" y=\"%s\">%s</text>\n",
              at, PLOT_BOTTOM + 18, Numbers.tick(tick, x.step())));
    }

    svg.append(
        Svg.format(
            "<line class=\"axis\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n",
            PLOT_LEFT, PLOT_BOTTOM, PLOT_RIGHT, PLOT_BOTTOM));
    double middle = (PLOT_TOP + PLOT_BOTTOM) / 2;
    svg.append(
        Svg.format(
            "<text class=\"name middle\" x=\"%s\" y=\"%s\">%s</text>\n",
            (PLOT_LEFT + PLOT_RIGHT) / 2, PLOT_BOTTOM + 36, Html.escape(xName)));
    svg.append(
        Svg.format(
            "<text class=\"name middle\" transform=\"translate(14 %s) rotate(-90)\">%s</text>\n",
            middle, Html.escape(yName)));
  }

  private static void appendSeries(StringBuilder svg, Series line, Axis x, Axis y) {
    List<String> at = new ArrayList<>();
    for (Point point : line.points()) {
      if (Double.isFinite(point.y())) {
        at.add(
            Svg.format(
                "%s,%s",
                x.position(point.x(), PLOT_LEFT, PLOT_RIGHT),
                y.position(point.y(), PLOT_BOTTOM, PLOT_TOP)));
      }
    }

    if (at.size() == 1) {
      // A line of one point would be invisible; a line to itself is a dot.
      at.add(at.get(0));
    }

    svg.append(
        Svg.format(
            "<polyline class=\"line %s%s\" points=\"%s\"><title>%s</title></polyline>\n",
            line.style(),
            line.points().size() == 1 ? " dot" : "",
            String.join(" ", at),
            Html.escape(line.name())));
  }

  private static void appendReference(StringBuilder svg, Reference reference, Axis y) {
    double at = y.position(reference.y(), PLOT_BOTTOM, PLOT_TOP);
    svg.append(
        Svg.format(
            "<line class=\"reference %s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n",
            reference.style(), PLOT_LEFT, at, PLOT_RIGHT, at));
  }

  /**
   * Labels stand at the right edge, beside what they name: a series at its last point, a reference
   * at its height.
   */
  private void appendLabels(StringBuilder svg, Axis y) {
    record Label(String text, String style, double at) {}

    List<Label> labels =
        Stream.concat(
                series.stream()
                    .filter(line -> !line.name().isEmpty() && !line.points().isEmpty())
                    .map(
                        line ->
                            new Label(
                                line.name(),
                                line.style(),
                                y.position(
                                    line.points().get(line.points().size() - 1).y(),
                                    PLOT_BOTTOM,
                                    PLOT_TOP))),
                references.stream()
                    .map(
                        reference ->
                            new Label(
                                reference.name(),
                                reference.style(),
                                y.position(reference.y(), PLOT_BOTTOM, PLOT_TOP))))
            .filter(label -> Double.isFinite(label.at()))
            .toList();
    double[] spread = spread(labels.stream().mapToDouble(Label::at).toArray(), LABEL_HEIGHT);
    for (int i = 0; i < spread.length; i++) {
      Label label = labels.get(i);
      svg.append(
          Svg.format(
              "<text class=\"label %s\" x=\"%s\" y=\"%s\">%s</text>\n",
              label.style(), PLOT_RIGHT + 8, spread[i] + 4, Html.escape(label.text())));
    }
  }

  private static void appendMarks(StringBuilder svg, Marks row, Axis x, double top) {
    svg.append(
        Svg.format(
            "<text class=\"tick end\" x=\"%s\" y=\"%s\">%s</text>",
            PLOT_LEFT - TICK_LABEL_GAP, top + 11, Html.escape(row.name())));
    StringBuilder path = new StringBuilder();
    for (double at : row.at()) {
      path.append(Svg.format("M%s %sv10", x.position(at, PLOT_LEFT, PLOT_RIGHT), top + 2));
    }

    svg.append(Svg.format("<path class=\"mark %s\" d=\"%s\"/>\n", row.style(), path));
  }

  /**
   * Returns the wanted heights moved apart, downwards, until neighbours are {@code gap} apart; the
   * order of heights is kept.
   */
  static double[] spread(double[] wanted, double gap) {
    List<Integer> order =
        Stream.iterate(0, i -> i + 1)
            .limit(wanted.length)
            .sorted((a, b) -> Double.compare(wanted[a], wanted[b]))
            .toList();
    double[] spread = new double[wanted.length];
    double free = Double.NEGATIVE_INFINITY;
    for (int i : order) {
      spread[i] = Math.max(wanted[i], free);
      free = spread[i] + gap;
    }

    return spread;
  }
}
