// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A linear axis whose ends are ticks.
 *
 * @param low value at the start of the axis, a multiple of {@code step}
 * @param high value at its end, a multiple of {@code step}, above {@code low}
 * @param step distance between ticks: 1, 2 or 5 times a power of ten
 */
record Axis(double low, double high, double step) {
  private static final double ROUNDING = 1e-9;

  /**
   * Returns the axis that covers [min, max] with about the wanted number of intervals. A single
   * value gets room around it.
   */
  static Axis covering(double min, double max, int intervals) {
    double span = max - min;
    if (!(span > 0)) {
      double room = min == 0 ? 1 : Math.abs(min) * 0.1;
      return covering(min - room, max + room, intervals);
    }

    double step = niceStep(span / intervals);
    return new Axis(
        Math.floor(min / step + ROUNDING) * step, Math.ceil(max / step - ROUNDING) * step, step);
  }

  /**
   * Returns where a value lies between two ends of the drawing, {@code start} for {@code low} and
   * {@code end} for {@code high}.
   */
  double position(double value, double start, double end) {
    return start + (value - low) / (high - low) * (end - start);
  }

  List<Double> ticks() {
    long numIntervals = Math.round((high - low) / step);
    List<Double> ticks = new ArrayList<>();
    for (long i = 0; i <= numIntervals; i++) {
      ticks.add(low + i * step);
    }

    return ticks;
  }

  private static double niceStep(double rough) {
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double leading = rough / power;
    if (leading <= 1 + ROUNDING) {
      return power;
    }

    if (leading <= 2 + ROUNDING) {
      return 2 * power;
    }

    return leading <= 5 + ROUNDING ? 5 * power : 10 * power;
  }
}
