// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import org.hopespark.model.tensor.Slab;

/**
 * One number of state per element: that of parameter {@code e} lies at {@code e + shift} of the
 * slab. Zero before the first update.
 *
 * @param shift may be negative: state exists only for the elements that a process owns
 */
public record Moments(Slab slab, long shift) {
  void read(long element, float[] destination, int n) {
    slab.read(element + shift, destination, 0, n);
  }

  void write(long element, float[] source, int n) {
    slab.write(element + shift, source, 0, n);
  }
}
