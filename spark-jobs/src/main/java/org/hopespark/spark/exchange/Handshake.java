// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The three messages before the first frame; both sides prove that they hold the secret without
 * sending it.
 *
 * <ol>
 *   <li>acceptor: challenge, {@link #NONCE_BYTES} random bytes
 *   <li>connector: join = who it is and whom it means, a nonce of its own, HMAC("join", challenge,
 *       join)
 *   <li>acceptor: welcome = HMAC("welcome", challenge, join)
 * </ol>
 */
final class Handshake {
  static final int NONCE_BYTES = 16;
  static final int MAC_BYTES = 32;
  static final int JOIN_BYTES = 4 + 1 + 16 + 4 + 4 + 4 + 4 + NONCE_BYTES;

  /** The letters HOPE and the version of this protocol. */
  private static final int MAGIC = 0x484F5001;

  private static final String ALGORITHM = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();

  private Handshake() {}

  static byte[] nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return nonce;
  }

  static byte[] join(Membership self, int acceptor) {
    return ByteBuffer.allocate(JOIN_BYTES)
        .putInt(MAGIC)
        .put(byteOrder())
        .putLong(self.runId().getMostSignificantBits())
        .putLong(self.runId().getLeastSignificantBits())
        .putInt(self.generation())
        .putInt(self.size())
        .putInt(self.rank())
        .putInt(acceptor)
        .put(nonce())
        .array();
  }

  /**
   * Reads a join message at the acceptor.
   *
   * @return the rank of the connector
   * @throws ExchangeException with the reason for refusing it
   */
  static int admit(Membership self, byte[] challenge, byte[] join, byte[] mac) {
    ByteBuffer in = ByteBuffer.wrap(join);
    if (in.getInt() != MAGIC) {
      throw new ExchangeException("it does not speak this protocol");
    }
    if (in.get() != byteOrder()) {
      throw new ExchangeException("its byte order differs");
    }
    UUID runId = new UUID(in.getLong(), in.getLong());
    if (!runId.equals(self.runId())) {
      throw new ExchangeException("it belongs to run " + runId + ", not " + self.runId());
    }
    int generation = in.getInt();
    if (generation != self.generation()) {
      throw new ExchangeException(
          "it is of generation " + generation + ", not " + self.generation());
    }
    if (!isProof(self, "join", challenge, join, mac)) {
      throw new ExchangeException("it does not hold the secret of this run");
    }
    int size = in.getInt();
    int rank = in.getInt();
    int acceptor = in.getInt();
    if (size != self.size() || acceptor != self.rank() || rank <= self.rank() || rank >= size) {
      throw new ExchangeException(
          "rank %d of %d looks for rank %d".formatted(rank, size, acceptor));
    }
    return rank;
  }

  static boolean isProof(
      Membership self, String purpose, byte[] challenge, byte[] join, byte[] mac) {
    return MessageDigest.isEqual(proof(self, purpose, challenge, join), mac);
  }

  static byte[] proof(Membership self, String purpose, byte[] challenge, byte[] join) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(self.secret().bytes(), ALGORITHM));
      mac.update(purpose.getBytes(StandardCharsets.US_ASCII));
      mac.update(challenge);
      return mac.doFinal(join);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte byteOrder() {
    return (byte) (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 1);
  }
}
