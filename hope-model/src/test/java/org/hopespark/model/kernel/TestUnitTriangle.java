// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestUnitTriangle {
  private static final long SEED = 41;

  /** One instance at falling sizes, as the last chunk of a sequence is shorter than the others. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 64, 65, 100, 128})
  void theTriangleTimesItsInverseIsTheIdentity(int chunk) {
    Arena measuring = Arena.measuring();
    UnitTriangle unused = new UnitTriangle(chunk, new Gemm(), measuring);
    assertThat(unused).isNotNull();
    try (Slab slab = Slab.allocate("test", measuring.size())) {
      UnitTriangle triangle = new UnitTriangle(chunk, new Gemm(), Arena.on(slab));
      check(triangle, chunk);
      check(triangle, (chunk + 1) / 2);
      check(triangle, 1);
    }
  }

  private static void check(UnitTriangle triangle, int n) {
    SplittableRandom random = new SplittableRandom(SEED + n);
    float[] l = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        l[i * n + j] = j < i ? (float) random.nextDouble(-0.3, 0.3) : 0;
      }
    }
    triangle.invert(l, n);
    float[] x = new float[n * n];
    triangle.inverse.load(x);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double sum = x[i * n + j];
        double size = Math.abs(sum);
        for (int k = 0; k < i; k++) {
          sum += (double) l[i * n + k] * x[k * n + j];
          size += Math.abs((double) l[i * n + k] * x[k * n + j]);
        }
        assertThat(sum)
            .as("seed %d, n %d, row %d, column %d", SEED, n, i, j)
            .isCloseTo(i == j ? 1 : 0, within(2e-6 * Math.max(1, size)));
      }
    }
  }
}
