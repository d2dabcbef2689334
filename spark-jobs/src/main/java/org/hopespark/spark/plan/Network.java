// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.plan;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hopespark.spark.InvalidUsageException;

/**
 * What connects two workers.
 *
 * @param bandwidth as it was given
 * @param bytesPerSecond that one worker can send while it receives as much
 * @param latencySeconds from one worker to another
 */
public record Network(String bandwidth, double bytesPerSecond, double latencySeconds) {
  private static final Pattern BANDWIDTH =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kMGT]?)(bps|bit/s|B/s)");
  private static final Pattern LATENCY = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(us|ms|s)");
  private static final Map<String, Double> PREFIXES =
      Map.of("", 1.0, "k", 1e3, "M", 1e6, "G", 1e9, "T", 1e12);
  private static final Map<String, Double> SECONDS = Map.of("us", 1e-6, "ms", 1e-3, "s", 1.0);
  private static final int BITS = 8;

  /**
   * Reads {@code 10Gbps}, {@code 25Gbit/s} or {@code 1.1GB/s}, and {@code 0.2ms}.
   *
   * @throws InvalidUsageException if either is something else
   */
  public static Network parse(String bandwidth, String latency) {
    Matcher rate = BANDWIDTH.matcher(bandwidth);
    if (!rate.matches() || Double.parseDouble(rate.group(1)) == 0) {
      throw new InvalidUsageException(
          "Invalid --bandwidth [%s]: must be a rate above 0. Give 10Gbps, 25Gbit/s or 1.1GB/s."
              .formatted(bandwidth));
    }
    Matcher time = LATENCY.matcher(latency);
    if (!time.matches()) {
      throw new InvalidUsageException(
          "Invalid --latency [%s]: must be a time. Give 0.2ms or 50us.".formatted(latency));
    }
    double units = Double.parseDouble(rate.group(1)) * PREFIXES.get(rate.group(2));
    return new Network(
        bandwidth,
        rate.group(3).equals("B/s") ? units : units / BITS,
        Double.parseDouble(time.group(1)) * SECONDS.get(time.group(2)));
  }
}
