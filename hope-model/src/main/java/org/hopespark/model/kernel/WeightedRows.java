// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Matrix;

/** The gradient of one weight on many rows. */
public final class WeightedRows {
  private final float[] a;
  private final float[] b;

  /** For rows of up to {@code columns} elements. */
  public WeightedRows(int columns) {
    a = new float[columns];
    b = new float[columns];
  }

  /**
   * For {@code weight rows}, from the gradient {@code dRows} (rows x columns) of the weighted rows:
   * returns that of the weight, and leaves that of the rows.
   */
  public float ofWeight(Matrix rows, Matrix dRows, float weight) {
    // Tens of thousands of products: summed in double over the rows.
    double sum = 0;
    for (int r = 0; r < rows.rows(); r++) {
      rows.loadRow(r, a);
      dRows.loadRow(r, b);
      sum += Tiles.dot(a, b, 0, rows.columns());
      Tiles.scale(b, weight, 0, rows.columns());
      dRows.storeRow(r, b);
    }
    return (float) sum;
  }
}
