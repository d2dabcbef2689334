// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

/** How float32 numbers travel. Sums are formed in float32 either way. */
public enum Wire {
  FLOAT32(Float.BYTES),

  /**
   * The upper half of a float32, rounded to nearest, ties to even; NaN stays NaN. Every
   * contribution to a sum is rounded, the owner's too, and whoever sends a result adopts what the
   * others receive.
   */
  BFLOAT16(Short.BYTES);

  private final int bytesPerElement;

  Wire(int bytesPerElement) {
    this.bytesPerElement = bytesPerElement;
  }

  /** Payload bytes of {@code elements} numbers. */
  public long bytes(long elements) {
    return elements * bytesPerElement;
  }
}
