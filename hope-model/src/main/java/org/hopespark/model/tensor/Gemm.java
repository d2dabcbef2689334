// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_ssymm;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Products on windows, by the OpenBLAS that ND4J loads, called by pointer. An instance belongs to
 * one thread.
 *
 * <p>Names say which operand is read transposed: {@code nt} is {@code C = alpha A B^T + beta C}.
 */
public final class Gemm {
  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;
  private static final int TRANSPOSE = 112;
  private static final int LOWER = 122;
  private static final int LEFT = 141;

  private final Cursor a = new Cursor();
  private final Cursor b = new Cursor();
  private final Cursor c = new Cursor();
  private long multiplyAdds;

  /**
   * Multiplications, each with its addition, of everything that this instance has computed: two
   * floating point operations each.
   */
  public long multiplyAdds() {
    return multiplyAdds;
  }

  /** {@code C = alpha A B + beta C}. */
  public void nn(float alpha, Matrix left, Matrix right, float beta, Matrix out) {
    assert left.columns == right.rows && out.rows == left.rows && out.columns == right.columns;
    multiply(NO_TRANSPOSE, NO_TRANSPOSE, left.columns, alpha, left, right, beta, out);
  }

  /** {@code C = alpha A B^T + beta C}. */
  public void nt(float alpha, Matrix left, Matrix right, float beta, Matrix out) {
    assert left.columns == right.columns && out.rows == left.rows && out.columns == right.rows;
    multiply(NO_TRANSPOSE, TRANSPOSE, left.columns, alpha, left, right, beta, out);
  }

  /**
   * {@code C = alpha A^T B + beta C}; with beta 1 this accumulates a weight gradient over tokens.
   */
  public void tn(float alpha, Matrix left, Matrix right, float beta, Matrix out) {
    assert left.rows == right.rows && out.rows == left.columns && out.columns == right.columns;
    multiply(TRANSPOSE, NO_TRANSPOSE, left.rows, alpha, left, right, beta, out);
  }

  /**
   * {@code C += (L + L^T) B} for a strictly lower-triangular L: its upper part is not read, its
   * diagonal has to be zero.
   */
  public void symmetric(Matrix lower, Matrix right, Matrix out) {
    assert lower.rows == lower.columns && right.rows == lower.rows && out.rows == lower.rows;
    multiplyAdds += (long) out.rows * out.columns * out.rows;
    cblas_ssymm(
        ROW_MAJOR,
        LEFT,
        LOWER,
        out.rows,
        out.columns,
        1,
        a.at(lower),
        lower.stride,
        b.at(right),
        right.stride,
        1,
        c.at(out),
        out.stride);
  }

  private void multiply(
      int leftTranspose,
      int rightTranspose,
      int inner,
      float alpha,
      Matrix left,
      Matrix right,
      float beta,
      Matrix out) {
    multiplyAdds += (long) out.rows * out.columns * inner;
    cblas_sgemm(
        ROW_MAJOR,
        leftTranspose,
        rightTranspose,
        out.rows,
        out.columns,
        inner,
        alpha,
        a.at(left),
        left.stride,
        b.at(right),
        right.stride,
        beta,
        c.at(out),
        out.stride);
  }

  /** A pointer that is moved instead of made anew: a call allocates nothing. */
  private static final class Cursor extends FloatPointer {
    Cursor() {
      super((Pointer) null);
    }

    Cursor at(Matrix matrix) {
      address = matrix.address();
      return this;
    }
  }
}
