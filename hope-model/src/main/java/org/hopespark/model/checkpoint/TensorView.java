// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.checkpoint;

import java.util.List;
import org.hopespark.model.tensor.Slab;

/**
 * A named float32 tensor inside a slab.
 *
 * @param name as in the file
 * @param shape row-major
 * @param slab owner of the values
 * @param offset first element
 */
public record TensorView(String name, List<Integer> shape, Slab slab, long offset) {
  public TensorView {
    shape = List.copyOf(shape);
  }

  /** Number of elements. */
  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
