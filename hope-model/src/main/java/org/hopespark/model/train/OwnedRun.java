// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.train;

import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.level.Level;
import org.hopespark.model.optimizer.LevelDivision;
import org.hopespark.model.optimizer.LevelDivision.Segment;
import org.hopespark.model.optimizer.Optimizer.Kind;

/**
 * Consecutive elements of a level that a replica owns and one rule steps.
 *
 * @param segments what of the level's segments they are, in order
 * @param first where their first moments, or momenta, begin among all that the replica holds
 * @param second where their second moments do, if the rule has some
 */
record OwnedRun(Level level, Kind kind, List<Segment> segments, long first, long second) {

  /** All that {@code owner} owns, in order; state is packed without a gap. */
  static List<OwnedRun> of(List<LevelDivision> divisions, Ownership owner) {
    List<OwnedRun> runs = new ArrayList<>();
    long first = 0;
    long second = 0;
    for (LevelDivision division : divisions) {
      List<Segment> segments = owned(division, owner);
      for (int i = 0; i < segments.size(); ) {
        Kind kind = segments.get(i).kind();
        int end = i;
        while (end < segments.size() && segments.get(end).kind() == kind) {
          end++;
        }
        OwnedRun run =
            new OwnedRun(division.level(), kind, segments.subList(i, end), first, second);
        runs.add(run);
        first += run.length();
        second += kind.states().size() > 1 ? run.length() : 0;
        i = end;
      }
    }
    return runs;
  }

  private static List<Segment> owned(LevelDivision division, Ownership owner) {
    long from = division.level().offset() + owner.start(division);
    long to = division.level().offset() + owner.end(division);
    List<Segment> owned = new ArrayList<>();
    for (Segment segment : division.segments()) {
      long start = Math.max(from, segment.from());
      long end = Math.min(to, segment.to());
      if (start < end) {
        owned.add(new Segment(segment.kind(), start, end, segment.matrix()));
      }
    }
    return owned;
  }

  /** Number of states that rules keep at most; {@code state} counts up to it. */
  static final int STATES = 2;

  /** Elements of state number {@code state} of all runs. */
  static long elements(List<OwnedRun> runs, int state) {
    return runs.stream()
        .filter(run -> run.kind().states().size() > state)
        .mapToLong(OwnedRun::length)
        .sum();
  }

  /** First element, counted from the first parameter. */
  long from() {
    return segments.get(0).from();
  }

  long to() {
    return segments.get(segments.size() - 1).to();
  }

  long length() {
    return to() - from();
  }

  /** Where state number {@code state} begins. */
  long offset(int state) {
    return state == 0 ? first : second;
  }
}
