// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;
import org.hopespark.model.tensor.Matrix;

/**
 * The middle of a SwiGLU MLP: {@code s = a (.) b logistic(b)} of rows {@code [a, b]} (Shazeer
 * 2020). The halves of a row are read into arrays of their own, because a loop that reads one array
 * at two places does not vectorise.
 */
public final class GatedUnit {
  private static final RowMath MATH = RowMaths.chosen();

  private final int hidden;
  private final float[] a;
  private final float[] b;
  private final float[] s;
  private final float[] row;
  private final float[] dB;
  private final Matrix left = Matrix.unplaced(0, 0, 0);
  private final Matrix right = Matrix.unplaced(0, 0, 0);

  public GatedUnit(int hidden) {
    this.hidden = hidden;
    a = new float[hidden];
    b = new float[hidden];
    s = new float[hidden];
    row = new float[hidden];
    dB = new float[hidden];
  }

  /** {@code up} is rows x 2h, {@code out} rows x h. */
  public void forward(Matrix up, Matrix out) {
    split(up);
    for (int r = 0; r < up.rows(); r++) {
      left.loadRow(r, a);
      right.loadRow(r, b);
      MATH.logistic(b, 0, s, 0, hidden);
      for (int i = 0; i < hidden; i++) {
        row[i] = a[i] * b[i] * s[i];
      }
      out.storeRow(r, row);
    }
  }

  /** Turns {@code up} into its gradient, in place. */
  public void backward(Matrix up, Matrix dOut) {
    split(up);
    for (int r = 0; r < up.rows(); r++) {
      left.loadRow(r, a);
      right.loadRow(r, b);
      dOut.loadRow(r, row);
      MATH.logistic(b, 0, s, 0, hidden);
      for (int i = 0; i < hidden; i++) {
        dB[i] = row[i] * a[i] * s[i] * (1 + b[i] * (1 - s[i]));
        row[i] = row[i] * b[i] * s[i];
      }
      left.storeRow(r, row);
      right.storeRow(r, dB);
    }
  }

  private void split(Matrix up) {
    left.columnsOf(up, 0, hidden);
    right.columnsOf(up, hidden, hidden);
  }
}
