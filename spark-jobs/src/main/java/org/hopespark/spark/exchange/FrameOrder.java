// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which the frames of every slice of some contributions travel: as they become final,
 * which is the same on all ranks. Where there are several stages, the last begins with an empty
 * frame: it says that its sender has all, and when that was.
 */
final class FrameOrder {
  /** Index that no contribution has. */
  static final int END = -1;

  private static final Comparator<Frame> BY_STAGE =
      Comparator.comparingInt(Frame::stage)
          .thenComparingInt(Frame::contribution)
          .thenComparingLong(Frame::start);

  /**
   * One frame.
   *
   * @param stage after which it can be sent
   * @param contribution index, or {@link #END}
   * @param start first element, counted from the start of the range
   * @param length in elements
   */
  record Frame(int stage, int contribution, long start, int length) {}

  private final List<List<Frame>> byOwner = new ArrayList<>();
  private final int[] firstOfLast;

  FrameOrder(List<Contribution> contributions, int stages) {
    int size = contributions.get(0).slices().size();
    firstOfLast = new int[size];
    for (int owner = 0; owner < size; owner++) {
      List<Frame> frames = new ArrayList<>();
      for (int i = 0; i < contributions.size(); i++) {
        add(frames, contributions.get(i), i, owner);
      }
      if (stages > 1) {
        frames.add(new Frame(stages - 1, END, 0, 0));
      }
      frames.sort(BY_STAGE);
      while (frames.get(firstOfLast[owner]).stage() < stages - 1) {
        firstOfLast[owner]++;
      }
      byOwner.add(List.copyOf(frames));
    }
  }

  private static void add(List<Frame> to, Contribution contribution, int index, int owner) {
    Frames frames = new Frames(contribution.slices());
    for (int frame = 0; frame < frames.count(owner); frame++) {
      long start = frames.start(owner, frame);
      int length = frames.length(owner, frame);
      to.add(new Frame(contribution.stage(start, start + length), index, start, length));
    }
  }

  /** Those of the slices that {@code owner} owns, in the order in which each rank sends them. */
  List<Frame> of(int owner) {
    return byOwner.get(owner);
  }

  /** Number of the first frame to {@code owner} that needs the last stage. */
  int firstOfLast(int owner) {
    return firstOfLast[owner];
  }

  /** Elements of the longest frame of {@code owner}. */
  int longest(int owner) {
    return of(owner).stream().mapToInt(Frame::length).max().orElse(0);
  }
}
