// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;

/**
 * GELU in its tanh form, the sigma of a memory: {@code f(x) = x s(2u)}, {@code u = c (x + a x^3)},
 * s the logistic function (Hendrycks and Gimpel 2016). The write of a memory differentiates it
 * once, the outer gradient through the write twice. The gate s is computed once for all three,
 * apart from the arithmetic, which vectorises.
 */
final class Gelu {
  private static final RowMath MATH = RowMaths.chosen();
  private static final float C = 0.7978846f; // sqrt(2 / pi)
  private static final float A = 0.044715f;

  private Gelu() {}

  /** {@code gate[i] = s(2u(x[i]))}. */
  static void gates(float[] x, float[] gate, int n) {
    for (int i = 0; i < n; i++) {
      gate[i] = 2 * C * (x[i] + A * x[i] * x[i] * x[i]);
    }
    MATH.logistic(gate, 0, gate, 0, n);
  }

  /** {@code out[i] = f(x[i])}. */
  static void values(float[] x, float[] gate, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] * gate[i];
    }
  }

  /** {@code out[i] = f'(x[i])}. */
  static void slopes(float[] x, float[] gate, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      float s = gate[i];
      float du = C * (1 + 3 * A * x[i] * x[i]);
      out[i] = s + 2 * x[i] * s * (1 - s) * du;
    }
  }

  /** {@code out[i] = f''(x[i])}. */
  static void curvatures(float[] x, float[] gate, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      float s = gate[i];
      float du = C * (1 + 3 * A * x[i] * x[i]);
      float ddu = 6 * C * A * x[i];
      float ds = 2 * s * (1 - s);
      // f' = s + x s' u' with s' = 2 s (1 - s); s'' = 2 s' (1 - 2 s).
      out[i] = 2 * ds * du + x[i] * (2 * ds * (1 - 2 * s) * du * du + ds * ddu);
    }
  }
}
