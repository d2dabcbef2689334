// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.kernel;

import java.util.Arrays;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;

/**
 * Softmax attention of one head over one sequence, {@code y_t = sum_{s<=t} p_ts v_s} with {@code
 * p_t = softmax(q_t . k_s / sqrt(d))}, block of queries by block of queries: scores exist for one
 * block only, against the keys up to the block's end. Of a forward pass the logarithm of each row's
 * sum is kept; the backward pass computes the scores again (Dao et al. 2022).
 */
public final class CausalAttention {
  private static final int BLOCK = 64;

  private final Gemm gemm;
  private final int tokens;
  private final int blockRows;
  private final float scale;
  private final Matrix scores;
  private final Matrix dScores;
  private final float[] row;
  private final float[] dRow;
  private final float[] out;
  private final float[] dOut;

  // The windows of one block: n queries, the keys and values before their end, n x end weights.
  private final Matrix queries = Matrix.unplaced(0, 0, 0);
  private final Matrix keys = Matrix.unplaced(0, 0, 0);
  private final Matrix values = Matrix.unplaced(0, 0, 0);
  private final Matrix outs = Matrix.unplaced(0, 0, 0);
  private final Matrix weights = Matrix.unplaced(0, 0, 0);
  private final Matrix dQueries = Matrix.unplaced(0, 0, 0);
  private final Matrix dKeys = Matrix.unplaced(0, 0, 0);
  private final Matrix dValues = Matrix.unplaced(0, 0, 0);
  private final Matrix dOuts = Matrix.unplaced(0, 0, 0);
  private final Matrix dWeights = Matrix.unplaced(0, 0, 0);

  /** For sequences of T = {@code tokens} and heads of d = {@code width} columns. */
  public CausalAttention(int tokens, int width, Gemm gemm, Arena scratch) {
    this.gemm = gemm;
    this.tokens = tokens;
    blockRows = Math.min(tokens, BLOCK);
    scale = (float) (1 / Math.sqrt(width));
    scores = scratch.matrix(blockRows, tokens);
    dScores = scratch.matrix(blockRows, tokens);
    row = new float[tokens];
    dRow = new float[tokens];
    out = new float[width];
    dOut = new float[width];
  }

  /** Overwrites {@code io.out} and the T values of {@code logSums} from {@code at}. */
  public void forward(AttentionWindows io, float[] logSums, int at) {
    for (int from = 0; from < tokens; from += blockRows) {
      int end = place(io, from);
      gemm.nt(scale, queries, keys, 0, weights);
      for (int r = 0; r < end - from; r++) {
        int seen = from + r + 1;
        weights.loadRow(r, row);
        logSums[at + from + r] = SoftmaxRows.forward(row, seen);
        Arrays.fill(row, seen, end, 0);
        weights.storeRow(r, row);
      }
      gemm.nn(1, weights, values, 0, outs);
    }
  }

  /**
   * Overwrites {@code d.q}, {@code d.k} and {@code d.v} from {@code d.out}.
   *
   * <p>{@code dv = p^T dy}, {@code dp = dy v^T}, {@code ds = p (dp - dy . y)}, since {@code sum_s
   * p_ts dp_ts = dy_t . y_t}.
   *
   * @param io as {@link #forward} left it
   */
  public void backward(AttentionWindows io, AttentionWindows d, float[] logSums, int at) {
    // The last block sees every key, so it overwrites and the others add.
    int last = (tokens - 1) / blockRows * blockRows;
    for (int from = last; from >= 0; from -= blockRows) {
      int end = place(io, from);
      placeGradients(d, from, end);
      float beta = from == last ? 0 : 1;
      gemm.nt(scale, queries, keys, 0, weights);
      gemm.nt(1, dOuts, values, 0, dWeights);
      for (int r = 0; r < end - from; r++) {
        int seen = from + r + 1;
        weights.loadRow(r, row);
        dWeights.loadRow(r, dRow);
        SoftmaxRows.again(row, seen, logSums[at + from + r]);
        SoftmaxRows.backward(row, dRow, seen, outputAlongGradient(r));
        Arrays.fill(row, seen, end, 0);
        Arrays.fill(dRow, seen, end, 0);
        weights.storeRow(r, row);
        dWeights.storeRow(r, dRow);
      }
      gemm.tn(1, weights, dOuts, beta, dValues);
      gemm.tn(scale, dWeights, queries, beta, dKeys);
      gemm.nn(scale, dWeights, keys, 0, dQueries);
    }
  }

  private float outputAlongGradient(int r) {
    outs.loadRow(r, out);
    dOuts.loadRow(r, dOut);
    float along = 0;
    for (int i = 0; i < out.length; i++) {
      along += out[i] * dOut[i];
    }
    return along;
  }

  private int place(AttentionWindows io, int from) {
    int n = Math.min(blockRows, tokens - from);
    int end = from + n;
    queries.rowsOf(io.q, from, n);
    keys.rowsOf(io.k, 0, end);
    values.rowsOf(io.v, 0, end);
    outs.rowsOf(io.out, from, n);
    weights.columnsOf(scores, 0, end).limit(n);
    return end;
  }

  private void placeGradients(AttentionWindows d, int from, int end) {
    dQueries.rowsOf(d.q, from, end - from);
    dKeys.rowsOf(d.k, 0, end);
    dValues.rowsOf(d.v, 0, end);
    dOuts.rowsOf(d.out, from, end - from);
    dWeights.columnsOf(dScores, 0, end).limit(end - from);
  }
}
