// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hopespark.model.level.Level;
import org.hopespark.spark.exchange.LevelTraffic;

/**
 * What the exchanges cost between two reports of all ranks.
 *
 * @param levels by name
 * @param straggler if one rank is the cause of most of the waiting
 */
record IntervalExchange(Map<String, LevelExchange> levels, Optional<Straggler> straggler) {
  private static final double NANOS = 1e-9;

  /** Less waiting is not worth a line. */
  private static final double NOTICED_SHARE = 0.1;

  /** Whom all wait for waits himself at most so long as the next: chance spreads more evenly. */
  private static final double OWN_SHARE = 0.25;

  /**
   * Compares the counters.
   *
   * @param before by rank; empty at the start of a segment
   * @param after by rank
   * @param seconds between both
   */
  static IntervalExchange of(
      List<IntervalReport> before, List<IntervalReport> after, List<Level> levels, double seconds) {
    if (after.size() == 1) {
      return new IntervalExchange(Map.of(), Optional.empty());
    }
    Map<String, LevelExchange> exchanges = new LinkedHashMap<>();
    double[] waited = new double[after.size()];
    for (Level level : levels) {
      List<LevelTraffic> passed = new ArrayList<>();
      for (int rank = 0; rank < after.size(); rank++) {
        LevelTraffic traffic = after.get(rank).traffic().get(level.index());
        passed.add(
            before.isEmpty()
                ? traffic
                : traffic.since(before.get(rank).traffic().get(level.index())));
        waited[rank] += passed.get(rank).waitNanos() * NANOS;
      }
      exchanges.put(level.name(), exchange(passed));
    }
    return new IntervalExchange(exchanges, straggler(waited, after, seconds));
  }

  private static LevelExchange exchange(List<LevelTraffic> ranks) {
    long longest = ranks.stream().mapToLong(LevelTraffic::waitNanos).max().orElseThrow();
    long shortest = ranks.stream().mapToLong(LevelTraffic::waitNanos).min().orElseThrow();
    return new LevelExchange(
        ranks.stream().mapToLong(LevelTraffic::bytesSent).sum(),
        ranks.stream().mapToLong(LevelTraffic::nanos).average().orElseThrow() * NANOS,
        ranks.stream().mapToLong(LevelTraffic::waitNanos).average().orElseThrow() * NANOS,
        (longest - shortest) * NANOS);
  }

  private static Optional<Straggler> straggler(
      double[] waited, List<IntervalReport> reports, double seconds) {
    int[] ranks =
        IntStream.range(0, waited.length)
            .boxed()
            .sorted((a, b) -> Double.compare(waited[a], waited[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    int last = ranks[0];
    double others = (IntStream.of(ranks).mapToDouble(r -> waited[r]).sum() - waited[last]);
    double mean = others / (waited.length - 1);
    return mean >= NOTICED_SHARE * seconds && waited[last] <= OWN_SHARE * waited[ranks[1]]
        ? Optional.of(new Straggler(last, reports.get(last).place(), mean, mean / seconds))
        : Optional.empty();
  }
}
