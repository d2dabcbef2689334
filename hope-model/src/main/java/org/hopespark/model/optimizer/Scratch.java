// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.optimizer;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.hopespark.model.optimizer.NewtonSchulz.Polynomial;
import org.hopespark.model.tensor.Arena;
import org.hopespark.model.tensor.Gemm;
import org.hopespark.model.tensor.Matrix;
import org.hopespark.model.tensor.Slab;

/** What one thread works on during an update; made once. */
public final class Scratch {
  static final int LENGTH = 4096;
  // A cache line of 64 bytes.
  private static final long ALIGNMENT = 16;
  private static final int STEPS = 5;

  final float[] p = new float[LENGTH];
  final float[] g = new float[LENGTH];
  final float[] m = new float[LENGTH];
  final float[] v = new float[LENGTH];

  private final Map<MatrixShape, Work> works = new HashMap<>();

  /** A matrix and what orthogonalises it. */
  record Work(Matrix matrix, NewtonSchulz newtonSchulz) {
    static Work on(Arena arena, MatrixShape shape, Gemm gemm) {
      return new Work(
          arena.matrix(shape.rows(), shape.columns()),
          new NewtonSchulz(shape.rows(), shape.columns(), Polynomial.QUINTIC, STEPS, gemm, arena));
    }
  }

  /** For rules that step element by element. */
  public Scratch() {}

  /**
   * For matrices of these shapes too, one at a time on the same memory.
   *
   * @param offset first of {@link #elements} elements of {@code slab}
   */
  public Scratch(Collection<MatrixShape> shapes, Slab slab, long offset) {
    Gemm gemm = new Gemm();
    for (MatrixShape shape : shapes) {
      Arena arena = Arena.on(slab);
      var unused = arena.reserve(offset);
      works.put(shape, Work.on(arena, shape, gemm));
    }
  }

  /** Elements of native memory that matrices of these shapes need, a multiple of a cache line. */
  public static long elements(Collection<MatrixShape> shapes) {
    long most = 0;
    for (MatrixShape shape : shapes) {
      Arena arena = Arena.measuring();
      var unused = Work.on(arena, shape, null);
      most = Math.max(most, arena.size());
    }
    return (most + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  Work matrix(MatrixShape shape) {
    return works.get(shape);
  }
}
