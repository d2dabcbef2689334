// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * Moves the singular values of a matrix towards one and leaves its singular vectors alone (Eq. 43
 * and 44 in the form of Muon, Jordan 2024): {@code X <- a X + (b A + c A^2) X} with {@code A = X
 * X^T}, from {@code X = G / (|G| + 1e-7)}. Where there are more rows than columns {@code A = X^T X}
 * stands on the other side, which is the same as transposing and cheaper. An instance belongs to
 * one thread.
 */
public final class NewtonSchulz {
  private static final double EPSILON = 1e-7;

  /** The odd polynomial that every singular value goes through at each step. */
  public enum Polynomial {
    /** Muon's: fast from far below, but ends within about [0.7, 1.2], not at one. */
    QUINTIC(3.4445f, -4.775f, 2.0315f),
    /** {@code X (3 I - X^T X) / 2}: slower, and converges to one. */
    CUBIC(1.5f, -0.5f, 0);

    private final float a;
    private final float b;
    private final float c;

    Polynomial(float a, float b, float c) {
      this.a = a;
      this.b = b;
      this.c = c;
    }
  }

  private final Polynomial polynomial;
  private final int steps;
  private final Gemm gemm;
  private final Matrix square;
  private final Matrix factor;
  private final Matrix other;
  private final float[] row;

  /** For matrices of one shape; Muon takes 5 steps of {@link Polynomial#QUINTIC}. */
  public NewtonSchulz(
      int rows, int columns, Polynomial polynomial, int steps, Gemm gemm, Arena scratch) {
    this.polynomial = polynomial;
    this.steps = steps;
    this.gemm = gemm;
    int smaller = Math.min(rows, columns);
    square = scratch.matrix(smaller, smaller);
    factor = scratch.matrix(smaller, smaller);
    other = scratch.matrix(rows, columns);
    row = new float[columns];
  }

  /** Orthogonalises {@code matrix} (rows x columns) in place; zeros stay zeros. */
  public void apply(Matrix matrix) {
    normalise(matrix);
    Matrix x = matrix;
    Matrix y = other;
    for (int step = 0; step < steps; step++) {
      step(x, y);
      Matrix done = x;
      x = y;
      y = done;
    }
    if (x == other) {
      matrix.copy(other);
    }
  }

  private void normalise(Matrix matrix) {
    double squares = 0;
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.loadRow(r, row);
      for (float value : row) {
        squares += (double) value * value;
      }
    }
    float scale = (float) (1 / (Math.sqrt(squares) + EPSILON));
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.loadRow(r, row);
      for (int c = 0; c < row.length; c++) {
        row[c] *= scale;
      }
      matrix.storeRow(r, row);
    }
  }

  private void step(Matrix x, Matrix y) {
    boolean wide = x.rows() <= x.columns();
    if (wide) {
      gemm.nt(1, x, x, 0, square);
    } else {
      gemm.tn(1, x, x, 0, square);
    }
    // b A + c A^2.
    factor.copy(square);
    gemm.nn(polynomial.c, square, square, polynomial.b, factor);
    y.copy(x);
    if (wide) {
      gemm.nn(1, factor, x, polynomial.a, y);
    } else {
      gemm.nn(1, x, factor, polynomial.a, y);
    }
  }
}
