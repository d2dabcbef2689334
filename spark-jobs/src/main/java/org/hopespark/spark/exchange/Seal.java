// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts and authenticates what goes one way over one lane, or opens it: AES-GCM with a key that
 * no other lane, direction or connection has, and the number of the record as nonce, so a record
 * that is altered, repeated, left out or moved does not open. Not for two threads at once.
 */
final class Seal {
  /** What a record is longer by. */
  static final int BYTES = 16;

  private static final int NONCE_BYTES = 12;

  private final int mode;
  private final SecretKeySpec key;
  private final Cipher cipher;
  private long records;

  private Seal(int mode, byte[] key) {
    this.mode = mode;
    this.key = new SecretKeySpec(key, "AES");
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static Seal closing(byte[] key) {
    return new Seal(Cipher.ENCRYPT_MODE, key);
  }

  static Seal opening(byte[] key) {
    return new Seal(Cipher.DECRYPT_MODE, key);
  }

  /**
   * Turns all of {@code in} into a record or back, at the position of {@code out}.
   *
   * @throws ExchangeException if what is to be opened is not the next record of the peer
   */
  void apply(ByteBuffer in, ByteBuffer out) {
    byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(records++).array();
    try {
      cipher.init(mode, key, new GCMParameterSpec(Byte.SIZE * BYTES, nonce));
      var unused = cipher.doFinal(in, out);
    } catch (GeneralSecurityException e) {
      throw new ExchangeException("what it sent was altered on the way", e);
    }
  }
}
