// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import org.hopespark.model.simd.RowMath;
import org.hopespark.model.simd.RowMaths;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;

/**
 * Softmax cross-entropy over a tied head, block of rows by block of rows: the logits of all tokens
 * never exist at once. Losses are sums in nats over the rows, so gradients of shards add up. A row
 * whose target is {@link #NO_TARGET} has no loss and no gradient.
 */
public final class CrossEntropy {
  /** Stands where a target would, for a token that predicts nothing. */
  public static final int NO_TARGET = -1;

  private static final RowMath MATH = RowMaths.chosen();

  private final Gemm gemm;
  private final Matrix logits;
  private final int blockRows;
  private final float[] row;
  private final Matrix block = Matrix.unplaced(0, 0, 0);
  private final Matrix dBlock = Matrix.unplaced(0, 0, 0);

  /** {@code scratch} holds {@code blockRows * vocabulary} elements from {@code offset}. */
  public CrossEntropy(Gemm gemm, Slab scratch, long offset, int blockRows, int vocabulary) {
    this.gemm = gemm;
    this.blockRows = blockRows;
    this.logits = Matrix.dense(scratch, offset, blockRows, vocabulary);
    this.row = new float[vocabulary];
  }

  /** Logits (V) of one row of hidden values. */
  public void logits(Matrix hidden, int row, Matrix table, float[] out) {
    block.rowsOf(hidden, row, 1);
    gemm.nt(1, block, table, 0, logits.limit(1));
    logits.loadRow(0, out);
  }

  /**
   * Writes the loss of each row of {@code hidden} (rows x D) against {@code targets[at..at + rows)}
   * to {@code losses}, and returns their sum.
   */
  public double forward(Matrix hidden, Matrix table, int[] targets, int at, double[] losses) {
    double loss = 0;
    for (int from = 0; from < hidden.rows(); from += blockRows) {
      int n = place(hidden, from);
      gemm.nt(1, block, table, 0, logits);
      for (int r = 0; r < n; r++) {
        int target = targets[at + from + r];
        losses[from + r] = 0;
        if (target != NO_TARGET) {
          logits.loadRow(r, row);
          losses[from + r] = loss(target);
          loss += losses[from + r];
        }
      }
    }
    return loss;
  }

  /**
   * As {@link #forward}, and overwrites {@code dHidden} (rows x D) with the gradient of the sum,
   * adding that of the table to {@code dTable}: {@code dlogits = softmax - onehot}.
   */
  public double backward(
      Matrix hidden, Matrix table, int[] targets, int at, Matrix dTable, Matrix dHidden) {
    double loss = 0;
    for (int from = 0; from < hidden.rows(); from += blockRows) {
      int n = place(hidden, from);
      dBlock.rowsOf(dHidden, from, n);
      gemm.nt(1, block, table, 0, logits);
      for (int r = 0; r < n; r++) {
        int target = targets[at + from + r];
        if (target == NO_TARGET) {
          Arrays.fill(row, 0);
        } else {
          logits.loadRow(r, row);
          loss += loss(target);
          row[target] -= 1;
        }
        logits.storeRow(r, row);
      }
      gemm.nn(1, logits, table, 0, dBlock);
      gemm.tn(1, logits, block, 1, dTable);
    }
    return loss;
  }

  private int place(Matrix hidden, int from) {
    int n = Math.min(blockRows, hidden.rows() - from);
    block.rowsOf(hidden, from, n);
    logits.limit(n);
    return n;
  }

  // Leaves the softmax in the row.
  private double loss(int target) {
    float max = MATH.max(row, 0, row.length);
    double label = row[target];
    double sum = MATH.exponentials(row, 0, row.length, 1, max);
    float scale = (float) (1 / sum);
    for (int v = 0; v < row.length; v++) {
      row[v] *= scale;
    }
    return Math.log(sum) + max - label;
  }
}
