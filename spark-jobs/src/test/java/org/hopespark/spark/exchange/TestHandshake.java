// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TestHandshake {
  private static final UUID RUN = new UUID(1, 2);
  private static final Duration SHORT = Duration.ofMillis(700);
  private static final byte[] CHALLENGE = Handshake.nonce();

  private static Membership member(int rank, int generation, int secret) {
    return new Membership(RUN, generation, rank, 2, new Secret(0, secret));
  }

  private static Endpoint endpoint(Duration timeout) {
    return Gang.endpoint(1, false, timeout);
  }

  private static Handshake.Caller admit(Membership caller, Endpoint endpoint, byte[] challenge) {
    byte[] seen = challenge.clone();
    Handshake calling = Handshake.calling(caller, endpoint, 0, 0, seen);
    byte[] message =
        ByteBuffer.allocate(Handshake.JOIN_BYTES + Handshake.MAC_BYTES)
            .put(calling.join())
            .put(calling.proof(caller, "join"))
            .array();
    return Handshake.received(CHALLENGE, message).admit(member(0, 7, 1), endpoint(SHORT), message);
  }

  private static void assertRefused(Membership stranger, String reason) {
    assertThatThrownBy(() -> admit(stranger, endpoint(SHORT), CHALLENGE))
        .isInstanceOf(ExchangeException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void admitsAMember() {
    assertThat(admit(member(1, 7, 1), endpoint(SHORT), CHALLENGE))
        .isEqualTo(new Handshake.Caller(1, 0));
  }

  @Test
  void refusesAMemberThatSpeaksInClearOrInOtherLanes() {
    assertThatThrownBy(() -> admit(member(1, 7, 1), Gang.endpoint(1, true, SHORT), CHALLENGE))
        .hasMessageContaining("encrypted true");
    assertThatThrownBy(() -> admit(member(1, 7, 1), Gang.endpoint(2, false, SHORT), CHALLENGE))
        .hasMessageContaining("lane 0 of 2");
  }

  @Test
  void keysDifferByDirectionConnectionAndSecretAndAgreeBetweenPeers() {
    Membership caller = member(1, 7, 1);
    Handshake calling = Handshake.calling(caller, endpoint(SHORT), 0, 0, CHALLENGE);
    Handshake again = Handshake.calling(caller, endpoint(SHORT), 0, 0, CHALLENGE);
    Handshake received = Handshake.received(CHALLENGE, calling.join());
    byte[] key = calling.key(caller, true);
    assertThat(key).hasSize(32).isEqualTo(received.key(member(0, 7, 1), true));
    assertThat(key)
        .isNotEqualTo(calling.key(caller, false))
        .isNotEqualTo(again.key(caller, true))
        .isNotEqualTo(calling.key(member(1, 7, 2), true));
  }

  @Test
  void aSecretMixedWithTheClustersIsNeitherOfThem() {
    Secret secret = new Secret(0, 1);
    assertThat(secret.with("cluster"))
        .isEqualTo(new Secret(0, 1).with("cluster"))
        .isNotEqualTo(secret)
        .isNotEqualTo(secret.with("other"));
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
    assertThatThrownBy(() -> admit(member(1, 7, 1), endpoint(SHORT), Handshake.nonce()))
        .hasMessageContaining("does not hold the secret");
  }

  @Test
  void aZombieOfAnOldGenerationIsRefusedAndTheRightPeerStillJoins() throws Exception {
    try (Transport acceptor = Transport.bind(member(0, 7, 1), endpoint(Gang.PATIENCE));
        Transport zombie = Transport.bind(member(1, 6, 1), endpoint(Gang.PATIENCE));
        Transport peer = Transport.bind(member(1, 7, 1), endpoint(Gang.PATIENCE))) {
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
    try (Transport acceptor = Transport.bind(member(0, 7, 1), endpoint(SHORT));
        Transport stranger = Transport.bind(member(1, 7, 2), endpoint(Gang.PATIENCE))) {
      List<String> addresses = List.of(acceptor.address(), stranger.address());
      assertThatThrownBy(() -> stranger.connect(addresses))
          .hasMessageContaining("closed the connection");
      assertThatThrownBy(() -> acceptor.connect(addresses)).hasMessageContaining("nothing moved");
    }
  }

  private static Socket stranger(Transport acceptor) throws Exception {
    int port = Integer.parseInt(acceptor.address().split(" ", -1)[2]);
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(5000);
    return socket;
  }

  @Test
  void bytesOfAnotherProtocolAreRefused() throws Exception {
    try (Transport acceptor = Transport.bind(member(0, 7, 1), endpoint(SHORT));
        Socket socket = stranger(acceptor)) {
      socket.getOutputStream().write(new byte[200]);
      var unused = socket.getInputStream().readNBytes(Handshake.NONCE_BYTES);
      assertThat(closesWithoutAnswer(socket)).isTrue();
    }
  }

  @Test
  void strangersWhoSayNothingAreSentAwayAndDoNotKeepThePeerOut() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try (Transport acceptor = Transport.bind(member(0, 7, 1), endpoint(Gang.PATIENCE));
        Transport peer = Transport.bind(member(1, 7, 1), endpoint(Gang.PATIENCE))) {
      for (int i = 0; i < 100; i++) {
        silent.add(stranger(acceptor));
      }
      // More than may wait: the first has to go for the last.
      var unused = silent.get(0).getInputStream().readNBytes(Handshake.NONCE_BYTES);
      assertThat(closesWithoutAnswer(silent.get(0))).isTrue();
      List<String> addresses = List.of(acceptor.address(), peer.address());
      CompletableFuture<Collective> meeting =
          CompletableFuture.supplyAsync(() -> acceptor.connect(addresses));
      assertThat(peer.connect(addresses).isComplete()).isTrue();
      assertThat(meeting.get(10, TimeUnit.SECONDS).isComplete()).isTrue();
      var last = silent.get(99).getInputStream().readNBytes(Handshake.NONCE_BYTES);
      assertThat(last).hasSize(Handshake.NONCE_BYTES);
      assertThat(closesWithoutAnswer(silent.get(99))).isTrue();
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void aStrangerHasAFewSecondsToIntroduceItself() throws Exception {
    try (Transport acceptor = Transport.bind(member(0, 7, 1), endpoint(SHORT));
        Socket socket = stranger(acceptor)) {
      socket.getOutputStream().write(1);
      var unused = socket.getInputStream().readNBytes(Handshake.NONCE_BYTES);
      assertThat(closesWithoutAnswer(socket)).isTrue();
    }
  }

  @Test
  void portsAreTriedInTurnAndAnExhaustedRangeIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      Endpoint one = new Endpoint(Gang.HOST, port, 1, 1, false, SHORT);
      assertThatThrownBy(() -> Transport.bind(member(0, 7, 1), one))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("Cannot bind a port from %d to %d on".formatted(port, port))
          .hasMessageContaining("Set sync.port");
      Endpoint several = new Endpoint(Gang.HOST, port, 20, 1, false, SHORT);
      try (Transport transport = Transport.bind(member(0, 7, 1), several)) {
        assertThat(Integer.parseInt(transport.address().split(" ", -1)[2]))
            .isBetween(port + 1, port + 19);
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
    try (Transport lonely = Transport.bind(member(0, 7, 1), endpoint(SHORT))) {
      assertThatThrownBy(() -> lonely.connect(List.of(lonely.address())))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("the meeting of 2 workers");
    }
  }

  @Test
  void aClosedPortIsNamedWithBothItsEnds() {
    String closed;
    try (Transport gone = Transport.bind(member(0, 7, 1), endpoint(SHORT))) {
      closed = gone.address();
    }
    try (Transport caller = Transport.bind(member(1, 7, 1), endpoint(Gang.PATIENCE))) {
      assertThatThrownBy(() -> caller.connect(List.of(closed, caller.address())))
          .isInstanceOf(UnreachableException.class)
          .hasMessageMatching(
              "Cannot reach rank 0 at %s:\\d+ from rank 1: Connection refused\\. Let executors open connections to each other, or set sync.transport to rounds\\."
                  .formatted(Gang.HOST));
    }
  }

  @Test
  void aForeignAddressCannotBeBound() {
    // TEST-NET-3 of RFC 5737 belongs to nobody.
    assertThatThrownBy(
            () ->
                Transport.bind(member(0, 7, 1), new Endpoint("203.0.113.1", 0, 1, 1, false, SHORT)))
        .isInstanceOf(ExchangeException.class)
        .hasMessageContaining("Cannot bind a port on 203.0.113.1");
  }

  @Test
  void theSecretIsNotPrinted() {
    assertThat(member(1, 7, 1)).hasToString("rank 1 of 2, generation 7 of run " + RUN);
    assertThat(new Secret(0x1234, 0x5678)).hasToString("Secret[hidden]");
  }
}
