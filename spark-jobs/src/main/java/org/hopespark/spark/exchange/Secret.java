// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * A random 128-bit key that the workers of one generation share; it travels in the task closure and
 * never over the links that it guards.
 */
public record Secret(long high, long low) implements Serializable {
  private static final SecureRandom RANDOM = new SecureRandom();

  public static Secret random() {
    return new Secret(RANDOM.nextLong(), RANDOM.nextLong());
  }

  byte[] bytes() {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
  }

  /** Keeps the key out of logs. */
  @Override
  public String toString() {
    return "Secret[hidden]";
  }
}
