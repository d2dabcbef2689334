// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.hopespark.model.level.Slices;
import org.hopespark.model.level.Stages;

/**
 * A range that all ranks sum, or to which each gives its slice.
 *
 * @param point what it belongs to
 * @param range as {@link Collective} takes it
 * @param slices who owns what of it
 * @param stages when which part is final; empty where all is from the start
 */
public record Contribution(
    SyncPoint point, ByteBuffer range, Slices slices, Optional<Stages> stages) {

  /** A range that is final from the start. */
  public Contribution(SyncPoint point, ByteBuffer range, Slices slices) {
    this(point, range, slices, Optional.empty());
  }

  int stage(long from, long to) {
    return stages.map(of -> of.last(from, to)).orElse(0);
  }
}
