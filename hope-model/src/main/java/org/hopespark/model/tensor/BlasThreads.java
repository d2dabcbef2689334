// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import org.nd4j.linalg.factory.Nd4j;

/**
 * Threads inside one product: always one, because the threads of a worker are Java's, outside the
 * products.
 */
public final class BlasThreads {
  private BlasThreads() {}

  /**
   * Sets one thread and reads the value back.
   *
   * @throws IllegalStateException if the library keeps another number
   */
  public static void useOne() {
    Nd4j.factory().blas().setMaxThreads(1);
    int threads = current();
    if (threads != 1) {
      throw new IllegalStateException(
          "Cannot set BLAS threads [%d]: one thread per product is needed. Set OPENBLAS_NUM_THREADS=1 and OMP_NUM_THREADS=1."
              .formatted(threads));
    }
  }

  /** What the library says now. */
  public static int current() {
    return Nd4j.factory().blas().getMaxThreads();
  }

  /** Name of the BLAS that ND4J loaded, for reports. */
  public static String vendor() {
    return Nd4j.factory().blas().getBlasVendor().toString();
  }
}
