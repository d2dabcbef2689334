// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.util.List;

/**
 * One named parameter: where it lies in the slab and how it starts.
 *
 * @param name dotted, as in checkpoints
 * @param shape row-major, at least one axis
 * @param level index of the level that updates it
 * @param offset first element in the slab
 * @param start initial values
 * @param maps whether the last two axes are a matrix that maps vectors, as against a table of rows
 *     (embedding), one filter per channel (convolution) or gains
 */
public record TensorSpec(
    String name, List<Integer> shape, int level, long offset, Start start, boolean maps) {
  public TensorSpec {
    shape = List.copyOf(shape);
  }

  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /** Weight decay acts on tensors with two or more axes: not on gains. */
  public boolean decays() {
    return shape.size() > 1;
  }

  /** How a tensor is filled at step 0. */
  public sealed interface Start {
    /** Independent normal values of mean 0. */
    record Normal(double deviation) implements Start {}

    /** Ones. */
    record Ones() implements Start {}

    /** Zeros but for a one in the last column: a convolution that passes its input through. */
    record LastTap() implements Start {}
  }
}
