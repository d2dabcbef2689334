// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import java.util.List;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;

/** A rule whose elements are independent, so that any range can be stepped on any thread. */
public abstract sealed class ElementWise implements Optimizer permits AdamW, Sgd {
  // Tensors in the order of their offsets: where each ends, and whether it decays.
  private final long[] ends;
  private final boolean[] decays;

  ElementWise(ParameterLayout layout) {
    List<TensorSpec> tensors = layout.tensors();
    ends = new long[tensors.size()];
    decays = new boolean[tensors.size()];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = tensors.get(i).offset() + tensors.get(i).size();
      decays[i] = tensors.get(i).decays();
    }
  }

  @Override
  public final void step(Coefficients by, Slab gradients, long from, long to, Scratch scratch) {
    int tensor = tensorAt(from);
    for (long at = from; at < to; ) {
      while (ends[tensor] <= at) {
        tensor++;
      }
      int n = (int) Math.min(Scratch.LENGTH, Math.min(to, ends[tensor]) - at);
      step(by, decays[tensor] ? by.decay() : 0, gradients, at, n, scratch);
      at += n;
    }
  }

  /** Updates {@code n} elements, at most a tile, of one tensor. */
  abstract void step(Coefficients by, float decay, Slab gradients, long at, int n, Scratch scratch);

  private int tensorAt(long element) {
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) / 2;
      if (ends[middle] <= element) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
