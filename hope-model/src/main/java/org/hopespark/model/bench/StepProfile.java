// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.hopespark.model.bench.KernelGroup.Work;
import org.hopespark.model.bench.StepReport.GroupTime;

/**
 * Where the threads of a step are, looked up every few milliseconds at uneven distances by a thread
 * of its own. A thread inside a product is seen where it is; one inside a loop of Java shows itself
 * at the loop's next safepoint, microseconds later, which blurs neighbouring lines but hardly ever
 * kernels.
 */
final class StepProfile {
  private static final int LONGEST_PAUSE_MILLIS = 4;

  private final List<Thread> threads;
  private final int numWorkers;
  private final Map<KernelGroup, Map<Work, Long>> counts = new EnumMap<>(KernelGroup.class);
  private final Thread sampler = new Thread(this::sample, "hope-profile");
  private volatile boolean running = true;
  private long rounds;

  /** Looks at {@code threads}, of which at most {@code numWorkers} work at the same time. */
  private StepProfile(List<Thread> threads, int numWorkers) {
    this.threads = threads;
    this.numWorkers = numWorkers;
    sampler.setDaemon(true);
  }

  static StepProfile start(List<Thread> threads, int numWorkers) {
    StepProfile profile = new StepProfile(threads, numWorkers);
    profile.sampler.start();
    return profile;
  }

  /** Ends the looking. */
  void stop() throws InterruptedException {
    running = false;
    sampler.join();
  }

  private void sample() {
    try {
      while (running) {
        for (Thread thread : threads) {
          StackTraceElement[] stack = thread.getStackTrace();
          // Asked after the stack: a thread that has just begun to wait is one look too early.
          if (thread.getState() == Thread.State.RUNNABLE && isInStep(stack)) {
            counts
                .computeIfAbsent(KernelGroup.of(stack), group -> new EnumMap<>(Work.class))
                .merge(Work.of(stack), 1L, Long::sum);
          }
        }
        rounds++;
        Thread.sleep(ThreadLocalRandom.current().nextInt(1, LONGEST_PAUSE_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isInStep(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      if (frame.getClassName().startsWith("org.hopespark.model.train.")) {
        return true;
      }
    }
    return false;
  }

  long samples() {
    return rounds;
  }

  /** Shares of the time of all working threads, largest first; what is left of 1 they waited. */
  List<GroupTime> groups() {
    double all = Math.max(1, rounds * numWorkers);
    List<GroupTime> groups = new ArrayList<>();
    counts.forEach(
        (group, works) -> {
          double products = works.getOrDefault(Work.PRODUCTS, 0L) / all;
          double copies = works.getOrDefault(Work.COPIES, 0L) / all;
          double loops = works.getOrDefault(Work.LOOPS, 0L) / all;
          double share = products + copies + loops;
          groups.add(new GroupTime(group.label(), share, products, copies, loops));
        });
    groups.sort((a, b) -> Double.compare(b.share(), a.share()));
    return groups;
  }
}
