// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Windows onto parameters and onto their gradients, by name. Gradient windows follow {@link
 * #accumulateInto}.
 */
public final class ParameterWindows {
  private final ParameterLayout layout;
  private final Slab parameters;
  private final List<Matrix> gradients = new ArrayList<>();

  public ParameterWindows(ParameterLayout layout, Slab parameters) {
    this.layout = layout;
    this.parameters = parameters;
  }

  public Slab parameters() {
    return parameters;
  }

  public long offset(String name) {
    return layout.tensor(name).offset();
  }

  /** The values that begin with tensor {@code name}, as rows x columns. */
  public Matrix weight(String name, int rows, int columns) {
    return Matrix.dense(parameters, offset(name), rows, columns);
  }

  /** The gradients that belong to {@link #weight} of the same arguments. */
  public Matrix gradient(String name, int rows, int columns) {
    Matrix window = Matrix.dense(null, offset(name), rows, columns);
    gradients.add(window);
    return window;
  }

  /** Makes every gradient window show {@code slab}, which has the layout of the parameters. */
  public void accumulateInto(Slab slab) {
    for (Matrix window : gradients) {
      window.moveTo(slab, window.offset());
    }
  }
}
