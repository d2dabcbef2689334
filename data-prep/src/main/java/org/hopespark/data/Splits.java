// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import java.util.List;

/** The names of the splits, as documents, shards and manifests carry them. */
public final class Splits {
  public static final String TRAIN = "train";
  public static final String VALIDATION = "validation";

  /** In the order of shards. */
  public static final List<String> ALL = List.of(TRAIN, VALIDATION);

  private Splits() {}
}
