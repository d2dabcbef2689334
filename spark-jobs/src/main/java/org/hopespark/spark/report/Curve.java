// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.ArrayList;
import java.util.List;
import org.hopespark.spark.report.LineChart.Point;

/**
 * A logged series made fit to be drawn: thinned so that a long run stays a small file, smoothed so
 * that a noisy one shows its course.
 */
final class Curve {
  private Curve() {}

  /**
   * Returns at most {@code most} points: the means of equally many neighbouring points. Fewer
   * points are returned as they are.
   */
  static List<Point> thinned(List<Point> points, int most) {
    if (points.size() <= most) {
      return points;
    }

    List<Point> thinned = new ArrayList<>();
    for (int bucket = 0; bucket < most; bucket++) {
      int from = (int) ((long) bucket * points.size() / most);
      int to = (int) ((long) (bucket + 1) * points.size() / most);
      double x = 0;
      double y = 0;
      for (Point point : points.subList(from, to)) {
        x += point.x();
        y += point.y();
      }

      thinned.add(new Point(x / (to - from), y / (to - from)));
    }

    return thinned;
  }

  /**
   * Returns the mean of the points around each one, {@code radius} on either side and as many on
   * both, so that the curve does not lag and its ends are the points themselves.
   */
  static List<Point> smoothed(List<Point> points, int radius) {
    double[] sums = new double[points.size() + 1];
    for (int i = 0; i < points.size(); i++) {
      sums[i + 1] = sums[i] + points.get(i).y();
    }

    List<Point> smoothed = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      int reach = Math.min(radius, Math.min(i, points.size() - 1 - i));
      smoothed.add(
          new Point(points.get(i).x(), (sums[i + reach + 1] - sums[i - reach]) / (2 * reach + 1)));
    }

    return smoothed;
  }
}
