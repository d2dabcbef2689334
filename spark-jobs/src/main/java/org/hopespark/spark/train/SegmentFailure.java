// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.List;

/** An attempt has failed for a reason that may be gone at the next one. */
final class SegmentFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient FirstCause why;

  SegmentFailure(FirstCause why, Throwable cause) {
    super(why.line(), cause);
    this.why = why;
  }

  /** A failure of the driver's own, between the ranks' part of a segment and its commit. */
  SegmentFailure(String line, Throwable cause) {
    this(new FirstCause(line, null, List.of()), cause);
  }

  FirstCause why() {
    return why;
  }
}
