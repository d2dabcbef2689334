// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The lanes to one peer. */
final class Link {
  private final int peer;
  private final List<Lane> lanes;

  Link(int peer, int lanes) {
    this.peer = peer;
    this.lanes = new ArrayList<>(Collections.nCopies(lanes, null));
  }

  /** Called by a network thread once the peer has proved itself. */
  synchronized void join(Lane lane) {
    if (lanes.get(lane.index()) != null) {
      throw new ExchangeException("rank " + peer + " is connected already");
    }
    lanes.set(lane.index(), lane);
  }

  synchronized boolean isComplete() {
    return !lanes.contains(null);
  }

  /** The lane that a frame of this number takes. */
  Lane lane(int frame) {
    return lanes.get(frame % lanes.size());
  }

  /** Those that are connected. */
  synchronized List<Lane> lanes() {
    return lanes.stream().filter(lane -> lane != null).toList();
  }

  /** The peer said goodbye: it has everything that it needs from this rank. */
  boolean hasLeft() {
    return lanes().stream().anyMatch(Lane::hasLeft);
  }

  void close() {
    lanes().forEach(Lane::startClosing);
    lanes().forEach(Lane::awaitClosed);
  }

  @Override
  public String toString() {
    List<Lane> joined = lanes();
    return joined.isEmpty() ? "rank " + peer : joined.get(0).toString();
  }
}
