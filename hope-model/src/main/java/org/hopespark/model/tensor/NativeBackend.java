// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The native libraries under the tensors, for reports and diagnosis.
 *
 * @param backend class of ND4J's backend
 * @param blas library behind the products
 * @param blasCore kind of CPU whose kernels the BLAS took, {@link BlasCore#UNKNOWN} where it does
 *     not say
 * @param blasThreads threads inside one product, read back from the library
 * @param cacheDirectory where the native libraries are unpacked to, once per machine
 */
public record NativeBackend(
    String backend, String blas, String blasCore, int blasThreads, String cacheDirectory) {
  /** Loads the libraries, sets one thread per product, and reads back what there is. */
  public static NativeBackend load() {
    BlasThreads.useOne();
    try {
      return new NativeBackend(
          Nd4j.getBackend().getClass().getSimpleName(),
          BlasThreads.vendor(),
          BlasCore.name(),
          BlasThreads.current(),
          Loader.getCacheDir().toString());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot find the directory of native libraries.", e);
    }
  }
}
