// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.hopespark.model.level.Slices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two workers with a device between them that does not pass everything on as it is. */
class TestWireFaults {
  private static final long SEED = 20_261_121;
  private static final int ELEMENTS = 300_000;
  private static final SyncPoint POINT = new SyncPoint(3, 1, "fast", 42);
  private static final Slices SLICES = Slices.even(ELEMENTS, 2);

  private static List<Object> sums(Gang gang, Wire wire) throws Exception {
    List<float[]> contributions = Gang.contributions(2, ELEMENTS, SEED);
    return gang.attempt(
        (rank, collective) -> {
          ByteBuffer range = Gang.direct(contributions.get(rank));
          Gang.sum(collective, POINT, range, SLICES, wire);
          return Gang.floats(range);
        });
  }

  /** Rank 1 reaches rank 0 through {@code proxy}: what it sends is what suffers. */
  private static Gang gang(Proxy proxy, boolean encrypted, Duration timeout) throws Exception {
    return Gang.of(
        2,
        Gang.endpoint(2, encrypted, timeout),
        address -> address.startsWith("0 ") ? proxy.inFrontOf(address) : address);
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void anAlteredBitIsFoundWhereFramesAreEncryptedAndItsSenderNamed(Wire wire) throws Exception {
    try (Proxy proxy = new Proxy(Proxy.FLIP_A_BIT);
        Gang gang = gang(proxy, true, Gang.PATIENCE)) {
      List<Object> before = sums(gang, wire);
      assertThat(Arrays.equals((float[]) before.get(0), (float[]) before.get(1))).isTrue();
      proxy.start();
      List<Object> failures = sums(gang, wire);
      assertThat(failures.get(0))
          .isInstanceOf(ExchangeException.class)
          .asString()
          .contains("Lost rank 1: what it sent was altered on the way");
      assertThat(failures.get(1)).isInstanceOf(ExchangeException.class);
    }
  }

  @Test
  void aStreamThatIsCutIsALostPeerOnBothSides() throws Exception {
    try (Proxy proxy = new Proxy(Proxy.CUT);
        Gang gang = gang(proxy, false, Gang.PATIENCE)) {
      proxy.start();
      assertThat(sums(gang, Wire.FLOAT32))
          .satisfiesExactly(
              failure -> assertThat(failure).asString().contains("Lost rank 1"),
              failure -> assertThat(failure).asString().contains("Lost rank 0"));
    }
  }

  @Test
  void anOpenButSilentConnectionEndsAtTheDeadlineAndIsNamed() throws Exception {
    Duration deadline = Duration.ofSeconds(1);
    try (Proxy proxy = new Proxy(Proxy.SWALLOW);
        Gang gang = gang(proxy, false, deadline)) {
      proxy.start();
      long start = System.nanoTime();
      List<Object> failures = sums(gang, Wire.FLOAT32);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(deadline.plusSeconds(5));
      assertThat(failures.get(0))
          .asString()
          .contains("level [fast] at step 3 with rank 1")
          .contains("nothing moved for 1 s");
      assertThat(failures.get(1)).isInstanceOf(ExchangeException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void aSlowPathOnlyCostsTime(Wire wire) throws Exception {
    Proxy.Fault slow =
        (bytes, n) -> {
          Thread.sleep(10);
          return n;
        };
    try (Proxy proxy = new Proxy(slow);
        Gang gang = gang(proxy, false, Duration.ofSeconds(2))) {
      List<Object> before = sums(gang, wire);
      proxy.start();
      List<Object> after = sums(gang, wire);
      for (int rank = 0; rank < 2; rank++) {
        assertThat(Arrays.equals((float[]) after.get(rank), (float[]) before.get(rank))).isTrue();
      }
    }
  }
}
