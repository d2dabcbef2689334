// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Functions of one number against {@code java.lang.Math} in double. */
class TestElementwise {
  @Test
  void geluAndItsDerivativesEqualCentralDifferences() {
    int n = 401;
    float[] x = new float[n];
    float[] gate = new float[n];
    float[] value = new float[n];
    float[] slope = new float[n];
    float[] curvature = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (i - 200) * 0.025f;
    }
    Gelu.gates(x, gate, n);
    Gelu.values(x, gate, value, n);
    Gelu.slopes(x, gate, slope, n);
    Gelu.curvatures(x, gate, curvature, n);
    // The gate errs by 3e-7; its share in a slope is 2 x u', up to 30, and in a curvature the
    // square of that over x.
    double h = 1e-4;
    for (int i = 0; i < n; i++) {
      assertThat((double) value[i]).isCloseTo(gelu(x[i]), within(2e-6));
      assertThat((double) slope[i])
          .isCloseTo((gelu(x[i] + h) - gelu(x[i] - h)) / (2 * h), within(1e-5));
      assertThat((double) curvature[i])
          .isCloseTo((gelu(x[i] + h) - 2 * gelu(x[i]) + gelu(x[i] - h)) / (h * h), within(6e-5));
    }
  }

  @Test
  void geluFarFromZeroIsZeroOrItsArgument() {
    int n = 200;
    float[] x = new float[n];
    float[] gate = new float[n];
    float[] value = new float[n];
    float[] slope = new float[n];
    float[] curvature = new float[n];
    for (int i = 0; i < n; i += 2) {
      x[i] = (float) (12 * Math.pow(1.1, i / 2.0));
      x[i + 1] = -x[i];
    }
    assertThat(x[198]).isGreaterThan(1e5f);
    Gelu.gates(x, gate, n);
    Gelu.values(x, gate, value, n);
    Gelu.slopes(x, gate, slope, n);
    Gelu.curvatures(x, gate, curvature, n);
    for (int i = 0; i < n; i += 2) {
      assertThat(value[i]).isEqualTo(x[i]);
      assertThat(slope[i]).isEqualTo(1);
      assertThat((double) curvature[i]).isCloseTo(0, within(1e-12));
      assertThat((double) value[i + 1]).isCloseTo(0, within(1e-12));
      assertThat((double) slope[i + 1]).isCloseTo(0, within(1e-12));
      assertThat((double) curvature[i + 1]).isCloseTo(0, within(1e-12));
    }
  }

  private static double gelu(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  @Test
  void unitRowsHaveLengthOneAndKeepTheirDirection() {
    float[] x = {3, 4, 0, 0, 0, -2};
    float[] lengths = new float[3];
    UnitRows.forward(x, 3, 2, lengths, 0);
    assertThat(x).containsExactly(0.6f, 0.8f, 0, 0, 0, -1);
    assertThat(lengths).containsExactly(5, 1e-6f, 2);
  }

  @Test
  void unitRowsBackwardEqualsCentralDifferences() {
    SplittableRandom random = new SplittableRandom(5);
    float[] x = new float[7];
    float[] dy = new float[7];
    for (int i = 0; i < 7; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
      dy[i] = (float) random.nextDouble(-1, 1);
    }
    float[] y = x.clone();
    float[] lengths = new float[1];
    UnitRows.forward(y, 1, 7, lengths, 0);
    float[] dx = dy.clone();
    UnitRows.backward(y, lengths, 0, dx, 1, 7);
    for (int i = 0; i < 7; i++) {
      double h = 1e-5;
      assertThat((double) dx[i])
          .isCloseTo((along(x, dy, i, h) - along(x, dy, i, -h)) / (2 * h), within(1e-5));
    }
  }

  private static double along(float[] x, float[] dy, int changed, double h) {
    double squares = 0;
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double value = x[i] + (i == changed ? h : 0);
      squares += value * value;
      sum += dy[i] * value;
    }
    return sum / Math.sqrt(squares);
  }
}
