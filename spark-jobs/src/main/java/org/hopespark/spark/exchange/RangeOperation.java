// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * An operation on several ranges at once, whose slices travel in the frames of one order: levels
 * that are due together cost the network's latency once.
 */
abstract class RangeOperation extends Operation {
  final Wire wire;
  final FrameOrder order;
  private final List<Contribution> contributions;
  private final SyncPoint end;

  /**
   * @param contributions at least one, all of the same step
   * @param stages in which they become final
   */
  RangeOperation(
      FrameHeader.Kind kind,
      List<Contribution> contributions,
      int stages,
      long sequence,
      Peers peers,
      Wire wire) {
    super(kind, contributions.get(0).point(), sequence, peers);
    this.contributions = contributions;
    this.wire = wire;
    this.order = new FrameOrder(contributions, stages);
    this.end = new SyncPoint(point.step(), SyncPoint.NO_LEVEL, "last stage", 0);
  }

  /** Frames of the slices that {@code owner} owns. */
  final int frames(int owner) {
    return order.of(owner).size();
  }

  /** What a frame of the slices of {@code owner} belongs to. */
  final SyncPoint pointOf(int owner, int frame) {
    int contribution = order.of(owner).get(frame).contribution();
    return contribution == FrameOrder.END ? end : contributions.get(contribution).point();
  }

  final int bytesOf(int owner, int frame) {
    return (int) wire.bytes(order.of(owner).get(frame).length());
  }

  /** Where the numbers of a frame are. */
  final ByteBuffer floats(int owner, int number) {
    FrameOrder.Frame frame = order.of(owner).get(number);
    return view(
        contributions.get(Math.max(0, frame.contribution())).range(),
        frame.start() * Float.BYTES,
        (long) frame.length() * Float.BYTES);
  }

  /** Waiting counts for the first range, and the rest for each by its length. */
  @Override
  final void credit(Traffic traffic, long nanos, long waited, int last) {
    double elements = contributions.stream().mapToLong(c -> c.slices().elements()).sum();
    long shared = nanos - waited;
    long left = nanos;
    for (int i = contributions.size() - 1; i > 0; i--) {
      Contribution contribution = contributions.get(i);
      long share = (long) (shared * (contribution.slices().elements() / Math.max(1, elements)));
      traffic.passed(contribution.point().level(), share, 0, last);
      left -= share;
    }
    traffic.passed(point.level(), left, waited, last);
  }
}
