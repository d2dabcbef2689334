// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.hopespark.model.optimizer.NewtonSchulz.Polynomial;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the singular values by Jacobi rotations and the polynomial on each of them alone. */
class TestNewtonSchulz {
  private static final long SEED = 43_44;

  /** Wide, tall, square, odd and single; the condition of the input is 4. */
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 7", "7, 1", "3, 5", "5, 3", "16, 16", "31, 17", "17, 64", "64, 64"})
  void property12_theQuinticBringsSingularValuesNearOne(int rows, int columns) {
    double[][] input = wellConditioned(rows, columns);
    double[] actual = SingularValues.of(apply(input, Polynomial.QUINTIC, 5));
    for (double value : actual) {
      assertThat(value).isBetween(0.5, 1.5);
    }
    double[] expected = alone(input, 5, 3.4445, -4.7750, 2.0315);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-5));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 7", "7, 1", "3, 5", "5, 3", "16, 16", "31, 17", "17, 64", "64, 64"})
  void property12_theCubicBringsSingularValuesToOne(int rows, int columns) {
    double[][] input = wellConditioned(rows, columns);
    for (double value : SingularValues.of(apply(input, Polynomial.CUBIC, 20))) {
      assertThat(value).isCloseTo(1, within(1e-5));
    }
    double[] expected = alone(input, 3, 1.5, -0.5, 0);
    double[] actual = SingularValues.of(apply(input, Polynomial.CUBIC, 3));
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-5));
    }
  }

  /** What is left is the rotation alone: for G = R D with D diagonal and positive that is R. */
  @Test
  void singularVectorsStay() {
    double[][] rotation = orthonormal(9, 9, new SplittableRandom(SEED));
    double[][] stretched = new double[9][9];
    for (int r = 0; r < 9; r++) {
      for (int c = 0; c < 9; c++) {
        stretched[r][c] = rotation[r][c] * (1 + c / 4.0);
      }
    }
    double[][] out = apply(stretched, Polynomial.CUBIC, 20);
    for (int r = 0; r < 9; r++) {
      assertThat(out[r]).containsExactly(rotation[r], within(1e-5));
    }
  }

  @Test
  void theSizeOfTheInputDoesNotMatter() {
    double[][] input = wellConditioned(12, 8);
    double[][] larger =
        Arrays.stream(input)
            .map(row -> Arrays.stream(row).map(value -> 1024 * value).toArray())
            .toArray(double[][]::new);
    double[][] expected = apply(input, Polynomial.QUINTIC, 5);
    double[][] actual = apply(larger, Polynomial.QUINTIC, 5);
    for (int r = 0; r < expected.length; r++) {
      assertThat(actual[r]).containsExactly(expected[r], within(1e-5));
    }
  }

  @Test
  void zerosStayZeros() {
    assertThat(apply(new double[4][6], Polynomial.QUINTIC, 5)).isDeepEqualTo(new double[4][6]);
  }

  private static double[][] apply(double[][] input, Polynomial polynomial, int steps) {
    int rows = input.length;
    int columns = input[0].length;
    Arena measure = Arena.measuring();
    new NewtonSchulz(rows, columns, polynomial, steps, new Gemm(), measure);
    try (Slab slab = Slab.allocate("scratch", measure.size() + (long) rows * columns)) {
      Arena arena = Arena.on(slab);
      NewtonSchulz newtonSchulz =
          new NewtonSchulz(rows, columns, polynomial, steps, new Gemm(), arena);
      Matrix matrix = arena.matrix(rows, columns);
      float[] row = new float[columns];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          row[c] = (float) input[r][c];
        }
        matrix.storeRow(r, row);
      }
      newtonSchulz.apply(matrix);
      double[][] out = new double[rows][columns];
      for (int r = 0; r < rows; r++) {
        matrix.loadRow(r, row);
        for (int c = 0; c < columns; c++) {
          out[r][c] = row[c];
        }
      }
      return out;
    }
  }

  // The polynomial on every singular value over the Frobenius norm, in ascending order.
  private static double[] alone(double[][] input, int steps, double a, double b, double c) {
    double[] values = SingularValues.of(input);
    double norm = Math.sqrt(SingularValues.dot(values, values));
    return Arrays.stream(values)
        .map(
            value -> {
              double x = value / norm;
              for (int step = 0; step < steps; step++) {
                x = a * x + b * x * x * x + c * x * x * x * x * x;
              }
              return x;
            })
        .sorted()
        .toArray();
  }

  // U diag(0.5 .. 2) V^T with random orthonormal U and V.
  private static double[][] wellConditioned(int rows, int columns) {
    SplittableRandom random = new SplittableRandom(SEED + 100L * rows + columns);
    System.out.printf("seed %d, %d x %d%n", SEED, rows, columns);
    int rank = Math.min(rows, columns);
    double[][] u = orthonormal(rank, rows, random);
    double[][] v = orthonormal(rank, columns, random);
    double[][] matrix = new double[rows][columns];
    for (int i = 0; i < rank; i++) {
      double value = 0.5 + 1.5 * random.nextDouble();
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          matrix[r][c] += value * u[i][r] * v[i][c];
        }
      }
    }
    return matrix;
  }

  // Gram and Schmidt, twice against rounding.
  private static double[][] orthonormal(int count, int length, SplittableRandom random) {
    double[][] rows = new double[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = random.doubles(length, -1, 1).toArray();
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          double along = SingularValues.dot(rows[i], rows[j]);
          for (int c = 0; c < length; c++) {
            rows[i][c] -= along * rows[j][c];
          }
        }
        double size = Math.sqrt(SingularValues.dot(rows[i], rows[i]));
        for (int c = 0; c < length; c++) {
          rows[i][c] /= size;
        }
      }
    }
    return rows;
  }
}
