// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import org.hopespark.model.level.Slices;

/** What an averaging has to send at least: the formula that counted bytes are held against. */
public final class Volume {
  private Volume() {}

  /**
   * Payload bytes that one rank sends in a reduce-scatter and an all-gather: the slices it does not
   * own, and its own slice to every peer. The mean over ranks is {@code 2 (N-1)/N P s} for N ranks,
   * P elements and s bytes per element on the wire.
   */
  public static long perSynchronisation(Slices slices, int rank, Wire wire) {
    long own = slices.length(rank);
    return wire.bytes(slices.elements() - own + own * (slices.size() - 1));
  }

  /**
   * Bytes of the headers before that payload: of every frame of the slices that the rank does not
   * own, and of its own slice to every peer. Records of AES-GCM add {@link Seal#BYTES} to a header
   * and to a payload, where frames are encrypted.
   */
  public static long headers(Slices slices, int rank) {
    Frames frames = new Frames(slices);
    long sent = (long) frames.count(rank) * (slices.size() - 1);
    for (int peer = 0; peer < slices.size(); peer++) {
      sent += peer == rank ? 0 : frames.count(peer);
    }
    return sent * FrameHeader.BYTES;
  }

  /**
   * Bytes of direct memory that a rank keeps for what arrives from its peers.
   *
   * @param slices of all levels as if they were one: all are due at the last step
   * @param lanes connections to each peer
   */
  public static long perWindow(Slices slices, Wire wire, int lanes) {
    return Window.bytes(wire.bytes(longest(slices)), slices.size(), lanes);
  }

  /**
   * Bytes of direct memory in which a rank rounds what it sends in an all-gather.
   *
   * @param slices of all levels that are gathered at once, as if they were one
   */
  public static long rounded(Slices slices, Wire wire) {
    return wire == Wire.FLOAT32 ? 0 : wire.bytes(longest(slices));
  }

  private static long longest(Slices slices) {
    long longest = 0;
    for (int rank = 0; rank < slices.size(); rank++) {
      longest = Math.max(longest, slices.length(rank));
    }
    return longest;
  }
}
