// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.hopespark.model.config.LevelSyncConfig;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.level.Level;
import org.hopespark.model.level.Slices;
import org.hopespark.model.optimizer.LevelDivision;
import org.hopespark.model.optimizer.LevelDivision.Segment;
import org.hopespark.model.optimizer.Optimizer.Kind;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.spark.exchange.Volume;
import org.hopespark.spark.exchange.Wire;

/** What the averaging of a level has to send at least: the formula for counted bytes. */
public final class SyncVolume {
  private SyncVolume() {}

  /**
   * Payload bytes that all workers together send in one averaging of {@code level}: {@code 2 (N-1)
   * P s}, in a mode that averages optimizer state {@code 2 (N-1) (P s + 4 Q)}; for N workers, P
   * parameters, s bytes per number on the wire, and Q numbers of state.
   */
  public static long perSynchronisation(RunConfig config, Level level, int workers) {
    LevelDivision division =
        new LevelDivision(config.optimizer(), new ParameterLayout(config.model()), level);
    Slices slices = division.slices(workers);
    Wire wire = Gang.wire(config);
    LevelSyncConfig sync = config.sync().of(level.name());
    long state = sync.isExact() || !config.sync().averageState() ? 0 : stateElements(division);
    long bytes = 2L * (workers - 1) * Wire.FLOAT32.bytes(state);
    for (int rank = 0; rank < workers; rank++) {
      bytes += Volume.perSynchronisation(slices, rank, wire);
    }
    return bytes;
  }

  /**
   * Bytes of the frames' headers in one averaging of {@code level}: 39 for each of at least {@code
   * 2 N (N-1)} frames, which matters for slices of a few thousand parameters only. In rounds those
   * of {@link RoundPart}.
   */
  static long headersPerSynchronisation(RunConfig config, Level level, int workers) {
    LevelDivision division =
        new LevelDivision(config.optimizer(), new ParameterLayout(config.model()), level);
    if (config.sync().inRounds()) {
      return RoundPart.headers(level, division.slices(workers));
    }
    long bytes = headers(division.slices(workers));
    LevelSyncConfig sync = config.sync().of(level.name());
    if (!sync.isExact() && config.sync().averageState()) {
      for (long elements : stateRanges(division)) {
        bytes += headers(Slices.even(elements, workers));
      }
    }
    return bytes;
  }

  private static long headers(Slices slices) {
    long bytes = 0;
    for (Slices part : Gang.parts(slices)) {
      for (int rank = 0; rank < part.size(); rank++) {
        bytes += Volume.headers(part, rank);
      }
    }
    return bytes;
  }

  /** Arrays that one averaging of {@code level} brings together, one after the other. */
  public static int arrays(RunConfig config, Level level) {
    boolean alone = config.sync().of(level.name()).isExact() || !config.sync().averageState();
    LevelDivision division =
        new LevelDivision(config.optimizer(), new ParameterLayout(config.model()), level);
    return 1 + (alone ? 0 : stateRanges(division).size());
  }

  /** Lengths of the arrays of state: one of each kind for every run of segments of one rule. */
  private static List<Long> stateRanges(LevelDivision division) {
    List<Long> ranges = new ArrayList<>();
    List<Segment> segments = division.segments();
    for (int i = 0; i < segments.size(); ) {
      Kind kind = segments.get(i).kind();
      long from = segments.get(i).from();
      long to = from;
      for (; i < segments.size() && segments.get(i).kind() == kind; i++) {
        to = segments.get(i).to();
      }
      ranges.addAll(Collections.nCopies(kind.states().size(), to - from));
    }
    return ranges;
  }

  private static long stateElements(LevelDivision division) {
    return stateRanges(division).stream().mapToLong(Long::longValue).sum();
  }

  /** Averagings of {@code level} in steps {@code from + 1} to {@code to}; none with one worker. */
  public static long synchronisations(
      RunConfig config, Level level, long from, long to, int workers) {
    int every = config.sync().of(level.name()).every();
    long steps = config.training().steps();
    return workers == 1
        ? 0
        : SyncSchedule.count(level, every, to, steps)
            - SyncSchedule.count(level, every, from, steps);
  }
}
