// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import org.hopespark.model.tensor.Matrix;

/** Rows of a V x D table by token id. */
public final class Embedding {
  private final float[] row;
  private final float[] sum;

  public Embedding(int columns) {
    row = new float[columns];
    sum = new float[columns];
  }

  /** Row i of {@code out} becomes row {@code tokens[at + i]} of {@code table}. */
  public void forward(int[] tokens, int at, Matrix table, Matrix out) {
    for (int i = 0; i < out.rows(); i++) {
      table.loadRow(tokens[at + i], row);
      out.storeRow(i, row);
    }
  }

  /**
   * Adds row i of {@code dOut} to row {@code tokens[at + i]} of {@code dTable}, in the order of the
   * tokens.
   */
  public void backward(int[] tokens, int at, Matrix dOut, Matrix dTable) {
    for (int i = 0; i < dOut.rows(); i++) {
      dOut.loadRow(i, row);
      dTable.loadRow(tokens[at + i], sum);
      for (int c = 0; c < row.length; c++) {
        sum[c] += row[c];
      }
      dTable.storeRow(tokens[at + i], sum);
    }
  }
}
