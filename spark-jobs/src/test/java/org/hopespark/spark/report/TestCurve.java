// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.hopespark.spark.report.LineChart.Point;
import org.junit.jupiter.api.Test;

class TestCurve {
  @Test
  void averagesNeighboursWhenThereAreTooManyPoints() {
    List<Point> points =
        List.of(new Point(1, 10), new Point(2, 20), new Point(3, 30), new Point(4, 50));

    assertThat(Curve.thinned(points, 2)).containsExactly(new Point(1.5, 15), new Point(3.5, 40));
  }

  @Test
  void keepsTheMeanOfALongSeries() {
    List<Point> points = IntStream.range(0, 60_000).mapToObj(i -> new Point(i, i % 7)).toList();

    List<Point> thinned = Curve.thinned(points, 600);

    assertThat(thinned).hasSize(600);
    double mean = points.stream().mapToDouble(Point::y).average().orElseThrow();
    assertThat(thinned.stream().mapToDouble(Point::y).average().orElseThrow())
        .isCloseTo(mean, within(1e-9));
  }

  @Test
  void smoothsWithoutLagAndKeepsTheEnds() {
    List<Point> points =
        List.of(
            new Point(1, 1), new Point(2, 5), new Point(3, 3), new Point(4, 10), new Point(5, 6));

    // Radius 2 in the middle, 1 beside the ends, 0 at them: (1+5+3)/3, 25/5, (3+10+6)/3.
    List<Point> smoothed = Curve.smoothed(points, 2);

    assertThat(smoothed)
        .containsExactly(
            new Point(1, 1),
            new Point(2, 3),
            new Point(3, 5),
            new Point(4, 19 / 3.0),
            new Point(5, 6));
  }

  @Test
  void leavesAStraightLineAsItIs() {
    List<Point> line = IntStream.range(0, 50).mapToObj(i -> new Point(i, 3 * i)).toList();

    assertThat(Curve.smoothed(line, 7)).isEqualTo(line);
  }
}
