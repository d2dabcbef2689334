// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.util.Arrays;
import java.util.Objects;

/** The links to all other ranks, and what operations over them share. */
final class Peers {
  private final Membership self;
  private final int lanes;
  private final Monitor monitor;
  private final Traffic traffic;
  private final Link[] links;

  Peers(Membership self, int lanes, Monitor monitor) {
    this.self = self;
    this.lanes = lanes;
    this.monitor = monitor;
    this.traffic = new Traffic(self.size());
    this.links = new Link[self.size()];
    for (int peer = 0; peer < links.length; peer++) {
      if (peer != self.rank()) {
        links[peer] = new Link(peer, lanes);
      }
    }
  }

  Membership self() {
    return self;
  }

  /** Connections to each peer. */
  int lanes() {
    return lanes;
  }

  Monitor monitor() {
    return monitor;
  }

  Traffic traffic() {
    return traffic;
  }

  Link link(int peer) {
    return links[peer];
  }

  boolean areComplete() {
    return Arrays.stream(links).filter(Objects::nonNull).allMatch(Link::isComplete);
  }

  /** Lets frames through that came too early. */
  void resume() {
    for (Link link : links) {
      if (link != null) {
        link.lanes().forEach(Lane::resume);
      }
    }
  }

  /** After this no network thread is inside memory of the caller, which may free it. */
  void close() {
    for (Link link : links) {
      if (link != null) {
        link.close();
      }
    }
  }

  /** Tells every peer that this rank leaves in order. */
  void sayGoodbye(long millis) {
    FrameHeader goodbye = FrameHeader.goodbye(self.generation());
    Arrays.stream(links)
        .filter(Objects::nonNull)
        .flatMap(link -> link.lanes().stream())
        .map(lane -> lane.send(goodbye, Payload.NOTHING))
        .toList()
        .forEach(future -> future.awaitUninterruptibly(millis));
  }
}
