// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.util.ArrayList;
import java.util.List;
import org.hopespark.model.checkpoint.TensorView;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.train.StateRange;

/** Memory for copies of arrays that go on changing; for one set of arrays after the other. */
final class HostCopy implements AutoCloseable {
  private final long perSlab;
  private final List<Slab> slabs = new ArrayList<>();
  private long left;
  private long free;

  /**
   * @param elements that will be copied in all
   */
  HostCopy(long elements) {
    this(elements, Slab.MAX_ELEMENTS);
  }

  /**
   * @param perSlab so many elements, or one array, share an allocation
   */
  HostCopy(long elements, long perSlab) {
    this.left = elements;
    this.perSlab = perSlab;
  }

  /** Whether arrays of so many elements in all, whatever their order, fit in what there is. */
  boolean holds(long elements) {
    return slabs.size() == 1 && slab().size() == elements;
  }

  /**
   * Gives all copies up; their memory is for the next. To be called where it {@link #holds} them.
   */
  void reuse() {
    left = slab().size();
    free = left;
  }

  TensorView of(TensorView tensor) {
    long at = copy(tensor.slab(), tensor.offset(), tensor.size());
    return new TensorView(tensor.name(), tensor.shape(), slab(), at);
  }

  StateRange of(StateRange range) {
    long at = copy(range.slab(), range.offset(), range.to() - range.from());
    return new StateRange(range.name(), range.level(), range.from(), range.to(), slab(), at);
  }

  private Slab slab() {
    return slabs.get(slabs.size() - 1);
  }

  /** Returns where in {@link #slab} the copy begins. */
  private long copy(Slab source, long offset, long length) {
    if (length > free || slabs.isEmpty()) {
      free = Math.max(1, Math.max(length, Math.min(left, perSlab)));
      slabs.add(Slab.allocate("copy of a checkpoint", free));
    }
    long at = slab().size() - free;
    slab().copy(source, offset, at, length);
    free -= length;
    left -= length;
    return at;
  }

  @Override
  public void close() {
    slabs.forEach(Slab::close);
  }
}
