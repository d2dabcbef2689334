// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.Locale;

/**
 * Figures as people read them: thousands separators, a unit, no more digits than mean something.
 */
public final class Numbers {
  private static final String[] BINARY_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  private static final int SECONDS_PER_MINUTE = 60;
  private static final int SECONDS_PER_HOUR = 3600;

  private Numbers() {}

  /** Returns a count with thousands separators, {@code 1,234,567}. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /**
   * Returns a number with a fixed number of decimals and thousands separators; {@code -} where it
   * is not a number.
   */
  public static String decimal(double value, int decimals) {
    if (Double.isNaN(value)) {
      return "-";
    }

    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  /**
   * Returns bytes in the largest binary unit that keeps the figure at 1 or above: {@code 512 B},
   * {@code 1.5 MiB}.
   */
  public static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (Math.abs(value) >= 1024 && unit < BINARY_UNITS.length - 1) {
      value /= 1024;
      unit++;
    }

    return unit == 0 ? count(bytes) + " B" : decimal(value, 1) + " " + BINARY_UNITS[unit];
  }

  /**
   * Returns a duration in the two units that matter: {@code 4.2 s}, {@code 3 min 05 s}, {@code 2 h
   * 07 min}.
   */
  public static String duration(double seconds) {
    if (seconds < SECONDS_PER_MINUTE) {
      return decimal(seconds, 1) + " s";
    }

    long whole = Math.round(seconds);
    if (whole < SECONDS_PER_HOUR) {
      return String.format(
          Locale.ROOT, "%d min %02d s", whole / SECONDS_PER_MINUTE, whole % SECONDS_PER_MINUTE);
    }

    return String.format(
        Locale.ROOT,
        "%,d h %02d min",
        whole / SECONDS_PER_HOUR,
        whole % SECONDS_PER_HOUR / SECONDS_PER_MINUTE);
  }

  /** Returns a tick label: as many decimals as the distance between two ticks needs. */
  static String tick(double value, double step) {
    int decimals = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    double shown = value == 0 ? 0 : value; // no "-0"
    return decimal(shown, decimals);
  }
}
