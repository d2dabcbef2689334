// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.UUID;

/**
 * The three messages before the first frame of a lane; both sides prove that they hold the secret
 * without sending it.
 *
 * <ol>
 *   <li>acceptor: challenge, {@link #NONCE_BYTES} random bytes
 *   <li>connector: join = who it is and whom it means, a nonce of its own, HMAC("join", challenge,
 *       join)
 *   <li>acceptor: welcome = HMAC("welcome", challenge, join)
 * </ol>
 *
 * Both then know keys that nobody else knows, one for each direction.
 */
final class Handshake {
  static final int NONCE_BYTES = 16;
  static final int MAC_BYTES = Secret.MAC_BYTES;
  static final int JOIN_BYTES = 4 + 1 + 1 + 2 + 16 + 4 + 4 + 4 + 4 + NONCE_BYTES;

  /** The letters HOP and the version of this protocol. */
  private static final int MAGIC = 0x484F5002;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] challenge;
  private final byte[] join;

  /** A peer that has proved itself. */
  record Caller(int rank, int lane) {}

  private Handshake(byte[] challenge, byte[] join) {
    this.challenge = challenge.clone();
    this.join = join;
  }

  static byte[] nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return nonce;
  }

  /** At the connector, once it has the challenge. */
  static Handshake calling(
      Membership self, Endpoint endpoint, int acceptor, int lane, byte[] challenge) {
    byte[] join =
        ByteBuffer.allocate(JOIN_BYTES)
            .putInt(MAGIC)
            .put(byteOrder())
            .put((byte) (endpoint.encrypted() ? 1 : 0))
            .put((byte) lane)
            .put((byte) endpoint.lanes())
            .putLong(self.runId().getMostSignificantBits())
            .putLong(self.runId().getLeastSignificantBits())
            .putInt(self.generation())
            .putInt(self.size())
            .putInt(self.rank())
            .putInt(acceptor)
            .put(nonce())
            .array();
    return new Handshake(challenge, join);
  }

  /** At the acceptor, once it has the join and its proof. */
  static Handshake received(byte[] challenge, byte[] message) {
    return new Handshake(challenge, Arrays.copyOf(message, JOIN_BYTES));
  }

  byte[] join() {
    return join.clone();
  }

  /**
   * Reads a join message and its proof at the acceptor.
   *
   * @throws ExchangeException with the reason for refusing the connector
   */
  Caller admit(Membership self, Endpoint endpoint, byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(join);
    if (in.getInt() != MAGIC) {
      throw new ExchangeException("it does not speak this protocol");
    }
    if (in.get() != byteOrder()) {
      throw new ExchangeException("its byte order differs");
    }
    boolean encrypted = in.get() == 1;
    int lane = in.get();
    int lanes = in.get();
    UUID runId = new UUID(in.getLong(), in.getLong());
    if (!runId.equals(self.runId())) {
      throw new ExchangeException("it belongs to run " + runId + ", not " + self.runId());
    }
    int generation = in.getInt();
    if (generation != self.generation()) {
      throw new ExchangeException(
          "it is of generation " + generation + ", not " + self.generation());
    }
    if (!isProof(self, "join", Arrays.copyOfRange(message, JOIN_BYTES, message.length))) {
      throw new ExchangeException("it does not hold the secret of this run");
    }
    int size = in.getInt();
    int rank = in.getInt();
    int acceptor = in.getInt();
    if (size != self.size() || acceptor != self.rank() || rank <= self.rank() || rank >= size) {
      throw new ExchangeException(
          "rank %d of %d looks for rank %d".formatted(rank, size, acceptor));
    }
    if (encrypted != endpoint.encrypted() || lanes != endpoint.lanes() || lane >= lanes) {
      throw new ExchangeException(
          "rank %d comes with lane %d of %d, encrypted %s".formatted(rank, lane, lanes, encrypted));
    }
    return new Caller(rank, lane);
  }

  boolean isProof(Membership self, String purpose, byte[] mac) {
    return MessageDigest.isEqual(proof(self, purpose), mac);
  }

  byte[] proof(Membership self, String purpose) {
    return self.secret().mac(purpose.getBytes(StandardCharsets.US_ASCII), challenge, join);
  }

  /**
   * The key of one direction, by HKDF (RFC 5869): extracted from the secret with both nonces as
   * salt, expanded with the direction.
   */
  byte[] key(Membership self, boolean fromConnector) {
    byte[] salt = ByteBuffer.allocate(NONCE_BYTES + JOIN_BYTES).put(challenge).put(join).array();
    byte[] extracted = Secret.hmac(salt, self.secret().bytes());
    String direction = fromConnector ? "frames to acceptor" : "frames to connector";
    return Secret.hmac(extracted, direction.getBytes(StandardCharsets.US_ASCII), new byte[] {1});
  }

  private static byte byteOrder() {
    return (byte) (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 1);
  }
}
