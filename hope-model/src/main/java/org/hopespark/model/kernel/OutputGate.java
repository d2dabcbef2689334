// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;
import org.hopespark.model.tensor.Matrix;

/**
 * The Titans' output gate, open at the start: {@code y = o (.) 2 logistic(g)}. All windows are rows
 * x D.
 */
public final class OutputGate {
  private static final RowMath MATH = RowMaths.chosen();

  private final float[] o;
  private final float[] g;
  private final float[] s;
  private final float[] y;

  public OutputGate(int columns) {
    o = new float[columns];
    g = new float[columns];
    s = new float[columns];
    y = new float[columns];
  }

  public void forward(Matrix in, Matrix gate, Matrix out) {
    for (int r = 0; r < in.rows(); r++) {
      in.loadRow(r, o);
      gate.loadRow(r, g);
      MATH.logistic(g, 0, s, 0, s.length);
      for (int c = 0; c < o.length; c++) {
        y[c] = o[c] * 2 * s[c];
      }
      out.storeRow(r, y);
    }
  }

  /** Overwrites {@code dIn} and {@code dGate}. */
  public void backward(Matrix in, Matrix gate, Matrix dOut, Matrix dIn, Matrix dGate) {
    for (int r = 0; r < in.rows(); r++) {
      in.loadRow(r, o);
      gate.loadRow(r, g);
      dOut.loadRow(r, y);
      MATH.logistic(g, 0, s, 0, s.length);
      for (int c = 0; c < o.length; c++) {
        g[c] = y[c] * o[c] * 2 * s[c] * (1 - s[c]);
        o[c] = y[c] * 2 * s[c];
      }
      dIn.storeRow(r, o);
      dGate.storeRow(r, g);
    }
  }
}
