// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.simd;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the {@link RowMath} of this process, once: the Vector API's where the JVM was started
 * with {@code --add-modules jdk.incubator.vector}, else the plain one. The system property {@value
 * #PROPERTY} forces {@code plain} or {@code vector}.
 *
 * <p>All workers of a run need the same choice: their sums differ in the last bits otherwise, and
 * the comparison of replicas stops the run.
 */
public final class RowMaths {
  /** {@code auto} (default), {@code plain} or {@code vector}. */
  public static final String PROPERTY = "hope.kernels";

  /** What a JVM needs for the vector kernels: their module, and not to inline them. */
  public static final String JVM_OPTIONS =
      "--add-modules=jdk.incubator.vector -XX:CompileCommand=quiet"
          + " -XX:CompileCommand=dontinline,org.hopespark.model.simd.VectorRowMath::*";

  private static final Logger LOG = LoggerFactory.getLogger(RowMaths.class);
  private static final String VECTOR = "org.hopespark.model.simd.VectorRowMath";
  private static final RowMath CHOSEN = choose(System.getProperty(PROPERTY, "auto"));

  private RowMaths() {}

  /** The implementation that every kernel uses. */
  public static RowMath chosen() {
    return CHOSEN;
  }

  /** The implementation that runs everywhere. */
  public static RowMath plain() {
    return new PlainRowMath();
  }

  /**
   * The implementation on the Vector API.
   *
   * @throws IllegalStateException if this JVM was started without {@code jdk.incubator.vector}, or
   *     its processor has vectors of fewer than four floats
   */
  public static RowMath vector() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      throw new IllegalStateException(
          "Missing module [jdk.incubator.vector]: the vector kernels need it. Start Java with --add-modules jdk.incubator.vector, or set -D%s=plain."
              .formatted(PROPERTY));
    }
    try {
      return Class.forName(VECTOR).asSubclass(RowMath.class).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalStateException(
          "Cannot load the vector kernels [%s]: this Java has another Vector API than 17. Set -D%s=plain."
              .formatted(VECTOR, PROPERTY),
          e);
    }
  }

  private static RowMath choose(String wanted) {
    RowMath chosen =
        switch (wanted) {
          case "plain" -> plain();
          case "vector" -> vector();
          case "auto" -> vectorOrPlain();
          default ->
              throw new IllegalStateException(
                  "Invalid %s [%s]: must be auto, plain or vector. Correct the system property."
                      .formatted(PROPERTY, wanted));
        };
    LOG.info("Kernels between the products: {}", chosen.name());
    return chosen;
  }

  private static RowMath vectorOrPlain() {
    try {
      return vector();
    } catch (IllegalStateException e) {
      LOG.info(e.getMessage());
      return plain();
    }
  }
}
