// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Matrix;

/**
 * Rotary position embedding (Su et al. 2021): columns i and i + d/2 of a head of width d are turned
 * as a pair by the angle {@code t base^(-2 i / d)} at position t, so that the product of a query
 * and a key depends on their distance only. Pairs are those of Llama (halves, not neighbours).
 */
public final class RotaryEmbedding {
  private final int tokens;
  private final int width;
  // Both T x d: the cosine of a column's pair, and the factor of the pair's other column.
  private final float[] own;
  private final float[] other;
  private final float[] x;
  private final float[] swapped;

  /** For T = {@code tokens} positions and rows of {@code columns} = heads d, d even. */
  public RotaryEmbedding(int tokens, int columns, int width, double base) {
    this.tokens = tokens;
    this.width = width;
    own = new float[tokens * width];
    other = new float[tokens * width];
    x = new float[columns];
    swapped = new float[columns];
    int half = width / 2;
    for (int t = 0; t < tokens; t++) {
      for (int i = 0; i < half; i++) {
        double angle = t * StrictMath.pow(base, -2.0 * i / width);
        int first = t * width + i;
        own[first] = (float) StrictMath.cos(angle);
        own[first + half] = own[first];
        other[first] = (float) -StrictMath.sin(angle);
        other[first + half] = -other[first];
      }
    }
  }

  /** Turns every head of every row in place; row r stands at position r mod T. */
  public void forward(Matrix rows) {
    for (int r = 0; r < rows.rows(); r++) {
      load(rows, r);
      int table = r % tokens * width;
      for (int head = 0; head < x.length; head += width) {
        for (int i = 0; i < width; i++) {
          x[head + i] = x[head + i] * own[table + i] + swapped[head + i] * other[table + i];
        }
      }
      rows.storeRow(r, x);
    }
  }

  /** Turns gradients back, in place: the transpose of a rotation is the rotation by -angle. */
  public void backward(Matrix rows) {
    for (int r = 0; r < rows.rows(); r++) {
      load(rows, r);
      int table = r % tokens * width;
      for (int head = 0; head < x.length; head += width) {
        for (int i = 0; i < width; i++) {
          x[head + i] = x[head + i] * own[table + i] - swapped[head + i] * other[table + i];
        }
      }
      rows.storeRow(r, x);
    }
  }

  private void load(Matrix rows, int r) {
    rows.loadRow(r, x);
    int half = width / 2;
    for (int head = 0; head < x.length; head += width) {
      System.arraycopy(x, head, swapped, head + half, half);
      System.arraycopy(x, head + half, swapped, head, half);
    }
  }
}
