// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TestHandshake {
  private static final UUID RUN = new UUID(1, 2);
  private static final Duration SHORT = Duration.ofMillis(700);

  private static Membership member(int rank, int generation, int secret) {
    return new Membership(RUN, generation, rank, 2, new Secret(0, secret));
  }

  private static void assertRefused(Membership stranger, String reason) {
    byte[] challenge = Handshake.nonce();
    byte[] join = Handshake.join(stranger, 0);
    byte[] proof = Handshake.proof(stranger, "join", challenge, join);
    assertThatThrownBy(() -> Handshake.admit(member(0, 7, 1), challenge, join, proof))
        .isInstanceOf(ExchangeException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void admitsAMember() {
    byte[] challenge = Handshake.nonce();
    byte[] join = Handshake.join(member(1, 7, 1), 0);
    byte[] proof = Handshake.proof(member(1, 7, 1), "join", challenge, join);
    assertThat(Handshake.admit(member(0, 7, 1), challenge, join, proof)).isEqualTo(1);
  }

  @Test
  void refusesAnotherSecret() {
    assertRefused(member(1, 7, 2), "does not hold the secret");
  }

  @Test
  void refusesAnOldGeneration() {
    assertRefused(member(1, 6, 1), "of generation 6, not 7");
  }

  @Test
  void refusesAnotherRun() {
    assertRefused(
        new Membership(new UUID(9, 9), 7, 1, 2, new Secret(0, 1)),
        "belongs to run " + new UUID(9, 9));
  }

  @Test
  void refusesAnotherWorldSize() {
    assertRefused(new Membership(RUN, 7, 1, 4, new Secret(0, 1)), "rank 1 of 4 looks for rank 0");
  }

  @Test
  void refusesTheProofOfAnotherChallenge() {
    byte[] join = Handshake.join(member(1, 7, 1), 0);
    byte[] replayed = Handshake.proof(member(1, 7, 1), "join", Handshake.nonce(), join);
    assertThatThrownBy(() -> Handshake.admit(member(0, 7, 1), Handshake.nonce(), join, replayed))
        .hasMessageContaining("does not hold the secret");
  }

  @Test
  void aZombieOfAnOldGenerationIsRefusedAndTheRightPeerStillJoins() throws Exception {
    try (Transport acceptor = Transport.bind(member(0, 7, 1), Gang.HOST, Gang.PATIENCE);
        Transport zombie = Transport.bind(member(1, 6, 1), Gang.HOST, Gang.PATIENCE);
        Transport peer = Transport.bind(member(1, 7, 1), Gang.HOST, Gang.PATIENCE)) {
      List<String> addresses = List.of(acceptor.address(), peer.address());
      CompletableFuture<Collective> meeting =
          CompletableFuture.supplyAsync(() -> acceptor.connect(addresses));
      assertThatThrownBy(() -> zombie.connect(addresses))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("Cannot join rank 0");
      assertThat(meeting).isNotDone();
      peer.connect(addresses);
      assertThat(meeting.get(10, TimeUnit.SECONDS).isComplete()).isTrue();
    }
  }

  @Test
  void aWrongSecretIsRefusedOverTheSocket() {
    try (Transport acceptor = Transport.bind(member(0, 7, 1), Gang.HOST, SHORT);
        Transport stranger = Transport.bind(member(1, 7, 2), Gang.HOST, Gang.PATIENCE)) {
      List<String> addresses = List.of(acceptor.address(), stranger.address());
      assertThatThrownBy(() -> stranger.connect(addresses))
          .hasMessageContaining("closed the connection");
      assertThatThrownBy(() -> acceptor.connect(addresses)).hasMessageContaining("nothing moved");
    }
  }

  @Test
  void bytesOfAnotherProtocolAreRefused() throws Exception {
    try (Transport acceptor = Transport.bind(member(0, 7, 1), Gang.HOST, SHORT)) {
      int port = Integer.parseInt(acceptor.address().split(" ", -1)[2]);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(5000);
        socket.getOutputStream().write(new byte[200]);
        socket.getInputStream().readNBytes(Handshake.NONCE_BYTES);
        assertThat(closesWithoutAnswer(socket)).isTrue();
      }
    }
  }

  private static boolean closesWithoutAnswer(Socket socket) throws Exception {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  @Test
  void aMissingPeerIsGivenUpAtTheDeadline() {
    try (Transport lonely = Transport.bind(member(0, 7, 1), Gang.HOST, SHORT)) {
      assertThatThrownBy(() -> lonely.connect(List.of(lonely.address())))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("the meeting of 2 workers");
    }
  }

  @Test
  void aForeignAddressCannotBeBound() {
    // TEST-NET-3 of RFC 5737 belongs to nobody.
    assertThatThrownBy(() -> Transport.bind(member(0, 7, 1), "203.0.113.1", SHORT))
        .isInstanceOf(ExchangeException.class)
        .hasMessageContaining("Cannot bind a port on 203.0.113.1");
  }

  @Test
  void theSecretIsNotPrinted() {
    assertThat(member(1, 7, 1)).hasToString("rank 1 of 2, generation 7 of run " + RUN);
    assertThat(new Secret(0x1234, 0x5678)).hasToString("Secret[hidden]");
  }
}
