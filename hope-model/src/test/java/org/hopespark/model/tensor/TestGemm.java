// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products against triple loops in double, on windows whose rows do not touch. */
class TestGemm {
  private static final long SEED = 31;
  private final SplittableRandom random = new SplittableRandom(SEED);

  private Matrix window(Arena arena, int rows, int columns) {
    int stride = columns + 3;
    Matrix matrix =
        Matrix.strided(arena.slab(), arena.reserve((long) rows * stride), rows, columns, stride);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    matrix.store(values);
    return matrix;
  }

  private static float[] values(Matrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    matrix.load(values);
    return values;
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 3, 5", "7, 1, 4", "16, 16, 16", "33, 17, 9", "64, 48, 31"})
  void everyOrientationEqualsLoops(int m, int n, int k) {
    try (Slab slab = Slab.allocate("test", 40_000)) {
      Arena arena = Arena.on(slab);
      Gemm gemm = new Gemm();
      Matrix a = window(arena, m, k);
      Matrix b = window(arena, k, n);
      Matrix at = window(arena, k, m);
      Matrix bt = window(arena, n, k);
      Matrix c = window(arena, m, n);
      float[] before = values(c);

      gemm.nn(2, a, b, 0.5f, c);
      check(
          c, before, 2, 0.5, (i, j, l) -> (double) values(a)[i * k + l] * values(b)[l * n + j], k);
      c.store(before);
      gemm.nt(-1, a, bt, 1, c);
      check(
          c, before, -1, 1, (i, j, l) -> (double) values(a)[i * k + l] * values(bt)[j * k + l], k);
      c.store(before);
      gemm.tn(1, at, b, 0, c);
      check(c, before, 1, 0, (i, j, l) -> (double) values(at)[l * m + i] * values(b)[l * n + j], k);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "2, 1", "17, 9", "64, 31"})
  void symmetricProductsReadTheLowerPartAlone(int m, int n) {
    try (Slab slab = Slab.allocate("test", 20_000)) {
      Arena arena = Arena.on(slab);
      Matrix lower = window(arena, m, m);
      Matrix b = window(arena, m, n);
      Matrix c = window(arena, m, n);
      float[] before = values(c);
      float[] l = values(lower);
      for (int i = 0; i < m; i++) {
        l[i * m + i] = 0;
      }
      lower.store(l);
      new Gemm().symmetric(lower, b, c);
      Term term =
          (i, j, k) -> (double) l[Math.max(i, k) * m + Math.min(i, k)] * values(b)[k * n + j];
      check(c, before, 1, 1, term, m);
    }
  }

  private interface Term {
    double at(int i, int j, int l);
  }

  private static void check(
      Matrix c, float[] before, double alpha, double beta, Term term, int inner) {
    float[] actual = values(c);
    SplittableRandom pick = new SplittableRandom(1);
    // A sample of the elements: each costs a full read of the operands.
    for (int trial = 0; trial < 40; trial++) {
      int i = pick.nextInt(c.rows());
      int j = pick.nextInt(c.columns());
      double sum = 0;
      for (int l = 0; l < inner; l++) {
        sum += term.at(i, j, l);
      }
      int at = i * c.columns() + j;
      double expected = alpha * sum + (beta == 0 ? 0 : beta * before[at]);
      assertThat((double) actual[at]).isCloseTo(expected, within(1e-6 * (inner + 4)));
    }
  }

  @Test
  void productsLeaveWhatLiesBetweenTheRowsAlone() {
    try (Slab slab = Slab.allocate("test", 1000)) {
      for (long i = 0; i < slab.size(); i++) {
        slab.write(i, 42);
      }
      Arena arena = Arena.on(slab);
      Matrix a = window(arena, 4, 4);
      Matrix b = window(arena, 4, 4);
      Matrix c = window(arena, 4, 4);
      new Gemm().nn(1, a, b, 0, c);
      for (int row = 0; row < 4; row++) {
        for (int gap = 4; gap < 7; gap++) {
          assertThat(slab.read(c.offset() + row * 7L + gap)).isEqualTo(42);
        }
      }
    }
  }

  @Test
  void countsWhatItComputes() {
    try (Slab slab = Slab.allocate("test", 100)) {
      Arena arena = Arena.on(slab);
      Gemm gemm = new Gemm();

      gemm.nn(1, arena.matrix(2, 3), arena.matrix(3, 5), 0, arena.matrix(2, 5));
      assertThat(gemm.multiplyAdds()).isEqualTo(2 * 3 * 5);

      gemm.symmetric(arena.matrix(4, 4), arena.matrix(4, 2), arena.matrix(4, 2));
      assertThat(gemm.multiplyAdds()).isEqualTo(2 * 3 * 5 + 4 * 4 * 2);
    }
  }

  @Test
  void blasRunsOnOneThread() {
    BlasThreads.useOne();
    assertThat(BlasThreads.current()).isEqualTo(1);
    assertThat(BlasThreads.vendor()).containsIgnoringCase("openblas");
  }
}
