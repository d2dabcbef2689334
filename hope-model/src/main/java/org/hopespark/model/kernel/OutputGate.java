// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Matrix;

/**
 * The Titans' output gate, open at the start: {@code y = o (.) 2 logistic(g)}. All windows are rows
 * x D.
 */
public final class OutputGate {
  private final float[] o;
  private final float[] g;
  private final float[] y;

  public OutputGate(int columns) {
    o = new float[columns];
    g = new float[columns];
    y = new float[columns];
  }

  public void forward(Matrix in, Matrix gate, Matrix out) {
    for (int r = 0; r < in.rows(); r++) {
      in.loadRow(r, o);
      gate.loadRow(r, g);
      for (int c = 0; c < o.length; c++) {
        y[c] = o[c] * 2 * Logistic.value(g[c]);
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
      for (int c = 0; c < o.length; c++) {
        float s = Logistic.value(g[c]);
        g[c] = y[c] * o[c] * 2 * s * (1 - s);
        o[c] = y[c] * 2 * s;
      }
      dIn.storeRow(r, o);
      dGate.storeRow(r, g);
    }
  }
}
