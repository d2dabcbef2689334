// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;
import org.hopespark.model.tensor.Matrix;

/**
 * Root mean square norm of rows: {@code y = x r (.) g}, {@code r = 1 / sqrt(mean(x^2) + 1e-6)}
 * (Zhang and Sennrich 2019).
 */
public final class RmsNorm {
  private static final RowMath MATH = RowMaths.chosen();
  private static final float EPSILON = 1e-6f;

  private final float[] x;
  private final float[] y;
  private final float[] gain;
  private final float[] dGain;
  private final float[] dy;

  public RmsNorm(int columns) {
    x = new float[columns];
    y = new float[columns];
    gain = new float[columns];
    dGain = new float[columns];
    dy = new float[columns];
  }

  /** {@code gains} is 1 x D; {@code in} and {@code out} are rows x D and may be the same. */
  public void forward(Matrix in, Matrix gains, Matrix out) {
    gains.loadRow(0, gain);
    for (int row = 0; row < in.rows(); row++) {
      in.loadRow(row, x);
      float scale = scale();
      for (int c = 0; c < x.length; c++) {
        y[c] = x[c] * scale * gain[c];
      }
      out.storeRow(row, y);
    }
  }

  /**
   * Adds to {@code dGains} and {@code dIn}; the scale is computed again from {@code in}.
   *
   * <p>{@code dx = r (dy (.) g) - x r^3 / D sum(dy (.) g (.) x)}.
   */
  public void backward(Matrix in, Matrix gains, Matrix dOut, Matrix dGains, Matrix dIn) {
    gains.loadRow(0, gain);
    dGains.loadRow(0, dGain);
    for (int row = 0; row < in.rows(); row++) {
      in.loadRow(row, x);
      dOut.loadRow(row, dy);
      dIn.loadRow(row, y);
      float scale = scale();
      float along = MATH.dot(dy, 0, gain, 0, x, 0, x.length) * scale * scale * scale / x.length;
      for (int c = 0; c < x.length; c++) {
        dGain[c] += dy[c] * x[c] * scale;
        y[c] += dy[c] * gain[c] * scale - x[c] * along;
      }
      dIn.storeRow(row, y);
    }
    dGains.storeRow(0, dGain);
  }

  private float scale() {
    float squares = MATH.dot(x, 0, x, 0, x.length);
    return (float) (1 / Math.sqrt(squares / x.length + EPSILON));
  }
}
