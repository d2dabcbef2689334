// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Matrix;

/**
 * The middle of a SwiGLU MLP: {@code s = a (.) b logistic(b)} of rows {@code [a, b]} (Shazeer
 * 2020).
 */
public final class GatedUnit {
  private final int hidden;
  private final float[] both;
  private final float[] row;

  public GatedUnit(int hidden) {
    this.hidden = hidden;
    both = new float[2 * hidden];
    row = new float[hidden];
  }

  /** {@code up} is rows x 2h, {@code out} rows x h. */
  public void forward(Matrix up, Matrix out) {
    for (int r = 0; r < up.rows(); r++) {
      up.loadRow(r, both);
      for (int i = 0; i < hidden; i++) {
        float b = both[hidden + i];
        row[i] = both[i] * b * Logistic.value(b);
      }
      out.storeRow(r, row);
    }
  }

  /** Overwrites {@code dUp}, which may be {@code up} itself. */
  public void backward(Matrix up, Matrix dOut, Matrix dUp) {
    for (int r = 0; r < up.rows(); r++) {
      up.loadRow(r, both);
      dOut.loadRow(r, row);
      for (int i = 0; i < hidden; i++) {
        float a = both[i];
        float b = both[hidden + i];
        float s = Logistic.value(b);
        both[i] = row[i] * b * s;
        both[hidden + i] = row[i] * a * s * (1 + b * (1 - s));
      }
      dUp.storeRow(r, both);
    }
  }
}
