// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

/**
 * A movable row-major window onto a {@link Slab}: {@code rows x columns} elements, {@code stride}
 * elements from row to row. A head, a stream or a chunk of a larger array is such a window, so
 * nothing is ever transposed or copied for a product. Windows are made once and moved; they belong
 * to one thread.
 */
public final class Matrix {
  Slab slab;
  long offset;
  int rows;
  int columns;
  int stride;

  private Matrix(Slab slab, long offset, int rows, int columns, int stride) {
    this.slab = slab;
    this.offset = offset;
    this.rows = rows;
    this.columns = columns;
    this.stride = stride;
  }

  /** A dense window. */
  public static Matrix dense(Slab slab, long offset, int rows, int columns) {
    return new Matrix(slab, offset, rows, columns, columns);
  }

  /** A window whose rows lie {@code stride} elements apart. */
  public static Matrix strided(Slab slab, long offset, int rows, int columns, int stride) {
    return new Matrix(slab, offset, rows, columns, stride);
  }

  /** A window to be placed by {@link #moveTo(Slab, long)} before its first use. */
  public static Matrix unplaced(int rows, int columns, int stride) {
    return new Matrix(null, 0, rows, columns, stride);
  }

  public Matrix moveTo(Slab slab, long offset) {
    this.slab = slab;
    this.offset = offset;
    return this;
  }

  public Matrix moveTo(long offset) {
    this.offset = offset;
    return this;
  }

  /** Keeps the first {@code rows} rows; the memory behind the window has to hold them. */
  public Matrix limit(int rows) {
    this.rows = rows;
    return this;
  }

  /** Shows rows {@code from} to {@code from + n} of {@code whole}. */
  public Matrix rowsOf(Matrix whole, int from, int n) {
    this.slab = whole.slab;
    this.offset = whole.offset + (long) from * whole.stride;
    this.rows = n;
    this.columns = whole.columns;
    this.stride = whole.stride;
    return this;
  }

  /** Shows {@code n} columns of {@code whole} from {@code from}. */
  public Matrix columnsOf(Matrix whole, int from, int n) {
    rowsOf(whole, 0, whole.rows);
    this.offset += from;
    this.columns = n;
    return this;
  }

  /** Shows {@code rows x columns} elements of {@code whole} from one of its rows and columns. */
  public Matrix blockOf(Matrix whole, int fromRow, int fromColumn, int rows, int columns) {
    rowsOf(whole, fromRow, rows);
    this.offset += fromColumn;
    this.columns = columns;
    return this;
  }

  /** Shows the elements of the dense window {@code whole} as {@code rows x columns}. */
  public Matrix reshaped(Matrix whole, int rows, int columns) {
    assert whole.stride == whole.columns && rows * columns == whole.rows * whole.columns;
    this.slab = whole.slab;
    this.offset = whole.offset;
    this.rows = rows;
    this.columns = columns;
    this.stride = columns;
    return this;
  }

  /** Makes the window a dense {@code n x n} square; the memory behind it has to hold that. */
  public Matrix square(int n) {
    return packed(n, n);
  }

  /** Makes the window dense with another shape; the memory behind it has to hold that. */
  public Matrix packed(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    this.stride = columns;
    return this;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  public Slab slab() {
    return slab;
  }

  public long offset() {
    return offset;
  }

  /** Copies the window, packed row by row, to {@code destination[0..rows * columns)}. */
  public void load(float[] destination) {
    if (stride == columns) {
      slab.read(offset, destination, 0, rows * columns);
      return;
    }
    for (int r = 0; r < rows; r++) {
      slab.read(offset + (long) r * stride, destination, r * columns, columns);
    }
  }

  /** Copies {@code source[0..rows * columns)}, packed row by row, to the window. */
  public void store(float[] source) {
    if (stride == columns) {
      slab.write(offset, source, 0, rows * columns);
      return;
    }
    for (int r = 0; r < rows; r++) {
      slab.write(offset + (long) r * stride, source, r * columns, columns);
    }
  }

  public void loadRow(int row, float[] destination) {
    slab.read(offset + (long) row * stride, destination, 0, columns);
  }

  public void storeRow(int row, float[] source) {
    slab.write(offset + (long) row * stride, source, 0, columns);
  }

  /** Copies a window of the same shape here. */
  public void copy(Matrix source) {
    for (int r = 0; r < rows; r++) {
      slab.copy(
          source.slab,
          source.offset + (long) r * source.stride,
          offset + (long) r * stride,
          columns);
    }
  }

  long address() {
    return slab.address() + offset * Float.BYTES;
  }
}
