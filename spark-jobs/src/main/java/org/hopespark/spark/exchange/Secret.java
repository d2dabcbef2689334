// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A 128-bit key that the workers of one generation share; it travels in the task closure and never
 * over the links that it guards.
 */
public record Secret(long high, long low) implements Serializable {
  static final int MAC_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();

  public static Secret random() {
    return new Secret(RANDOM.nextLong(), RANDOM.nextLong());
  }

  /**
   * A key that only those can make who hold this one and {@code other}: reading the task closure is
   * then not enough.
   */
  public Secret with(String other) {
    ByteBuffer mixed = ByteBuffer.wrap(mac(other.getBytes(StandardCharsets.UTF_8)));
    return new Secret(mixed.getLong(), mixed.getLong());
  }

  byte[] bytes() {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
  }

  byte[] mac(byte[]... parts) {
    return hmac(bytes(), parts);
  }

  static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Keeps the key out of logs. */
  @Override
  public String toString() {
    return "Secret[hidden]";
  }
}
