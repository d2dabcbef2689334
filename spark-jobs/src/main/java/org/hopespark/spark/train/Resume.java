// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

/** What to do with an output directory that exists. */
public enum Resume {
  /** Refuse one that holds anything. */
  NEVER,
  /** Continue from the newest complete checkpoint, or start where there is none. */
  AUTO
}
