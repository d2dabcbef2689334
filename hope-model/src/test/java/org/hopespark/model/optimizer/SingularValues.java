// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import java.util.Arrays;

/** Singular values by one-sided Jacobi rotations in float64 (Hestenes 1958). */
final class SingularValues {
  private SingularValues() {}

  /** Of a matrix of rows, in ascending order, as many as the shorter side has. */
  static double[] of(double[][] matrix) {
    double[][] columns = matrix.length >= matrix[0].length ? transposed(matrix) : copy(matrix);
    boolean turned = true;
    for (int sweep = 0; turned && sweep < 60; sweep++) {
      turned = false;
      for (int i = 0; i < columns.length; i++) {
        for (int j = i + 1; j < columns.length; j++) {
          turned |= rotate(columns[i], columns[j]);
        }
      }
    }
    return Arrays.stream(columns)
        .mapToDouble(column -> Math.sqrt(dot(column, column)))
        .sorted()
        .toArray();
  }

  // Makes two columns orthogonal; false if they already are.
  private static boolean rotate(double[] p, double[] q) {
    double product = dot(p, q);
    double pp = dot(p, p);
    double qq = dot(q, q);
    if (Math.abs(product) <= 1e-15 * Math.sqrt(pp * qq)) {
      return false;
    }
    double zeta = (qq - pp) / (2 * product);
    double tangent = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
    double cosine = 1 / Math.sqrt(1 + tangent * tangent);
    double sine = cosine * tangent;
    for (int i = 0; i < p.length; i++) {
      double old = p[i];
      p[i] = cosine * old - sine * q[i];
      q[i] = sine * old + cosine * q[i];
    }
    return true;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[][] transposed(double[][] matrix) {
    double[][] result = new double[matrix[0].length][matrix.length];
    for (int r = 0; r < matrix.length; r++) {
      for (int c = 0; c < matrix[r].length; c++) {
        result[c][r] = matrix[r][c];
      }
    }
    return result;
  }

  private static double[][] copy(double[][] matrix) {
    return Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
  }
}
