// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why an attempt failed. One rank's failure makes all others fail, so what is seen first or most
 * often is rarely the reason: that is what a rank says of itself, else the process that is gone,
 * else the rank that does not answer, else what was heard first.
 *
 * @param line with rank, executor, host and step where they are known; no full stop
 * @param failed what the rank said; null where nobody says it of itself
 * @param echoes what the other ranks said, one line each
 */
record FirstCause(String line, Outcome.Failed failed, List<String> echoes) {
  private static final Pattern LOST =
      Pattern.compile("ExecutorLostFailure \\(executor (\\S+) exited[^)]*\\) Reason: ([^\\n]*)");
  private static final String UNFINISHED_TASK = "finished unsuccessfully.";

  /**
   * Finds it.
   *
   * @param heard failures of ranks, in the order in which they were heard
   * @param job what Spark says of the job; null where it ended by itself
   * @param stuck tasks that did not end when they were told to
   */
  static FirstCause of(
      List<Outcome.Failed> heard, String job, List<Integer> stuck, GangPlaces places) {
    Set<Outcome.Failed> all = new LinkedHashSet<>(heard);
    Optional<Outcome.Failed> own = all.stream().filter(failed -> !failed.isEcho()).findFirst();
    if (own.isPresent()) {
      return new FirstCause(describe(own.get(), places), own.get(), others(all, own.get(), places));
    }
    List<String> echoes = others(all, null, places);
    Matcher lost = LOST.matcher(job == null ? "" : job);
    if (lost.find()) {
      return new FirstCause(
          "%s ended: %s"
              .formatted(places.nameOf(lost.group(1)), withoutFullStop(lost.group(2).strip())),
          null,
          echoes);
    }
    if (!stuck.isEmpty()) {
      return new FirstCause(
          places.nameOf(places.of(stuck.get(0)).executor()) + " does not answer", null, echoes);
    }
    if (!all.isEmpty()) {
      Outcome.Failed first = all.iterator().next();
      return new FirstCause(describe(first, places), null, others(all, first, places));
    }
    return new FirstCause(withoutFullStop(reason(job == null ? "" : job)), null, echoes);
  }

  private static List<String> others(
      Set<Outcome.Failed> all, Outcome.Failed cause, GangPlaces places) {
    List<String> lines = new ArrayList<>();
    for (Outcome.Failed failed : all) {
      if (!failed.equals(cause)) {
        lines.add(describe(failed, places));
      }
    }
    return lines;
  }

  private static String describe(Outcome.Failed failed, GangPlaces places) {
    return "%s at step %d: %s"
        .formatted(places.name(failed.rank()), failed.step(), withoutFullStop(failed.message()));
  }

  /** Spark puts the reason after a preamble of its own, and a stack trace after the reason. */
  static String reason(String message) {
    int end = message.lastIndexOf(UNFINISHED_TASK);
    String rest = end < 0 ? message : message.substring(end + UNFINISHED_TASK.length());
    return rest.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
  }

  private static String withoutFullStop(String line) {
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }
}
