// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.checkpoint;

import java.io.IOException;
import java.util.List;

/** Where tensors come from: one file, or several. */
public interface TensorSource {
  /**
   * Fills exactly {@code tensors}.
   *
   * @throws org.hopespark.model.CorruptCheckpointException if the source has others, or is damaged
   */
  void read(List<TensorView> tensors) throws IOException;
}
