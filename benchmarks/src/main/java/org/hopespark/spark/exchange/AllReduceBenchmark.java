// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import com.sun.management.OperatingSystemMXBean;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.hopespark.model.level.Slices;

/**
 * An averaging (reduce-scatter, then all-gather) between two processes of this machine, against a
 * plain copy of the same bytes over a socket. With two ranks each sends half of the range as
 * contributions and half as sums, so as many bytes as the range has go each way; the copy sends as
 * many each way at once, from direct memory to direct memory, with a thread that writes and a
 * thread that reads, over one blocking connection or one for each direction; the faster of the two
 * is the measure. Rounds of all candidates alternate, and a round takes as long as its slower rank.
 *
 * <p>Arguments: {@code <MiB> <rounds> [<port of rank 0>]}; without the port it starts rank 1 as a
 * process like itself.
 */
public final class AllReduceBenchmark {
  private static final String HOST = "127.0.0.1";
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final int WARM_UPS = 15;
  private static final UUID RUN = new UUID(1, 2);
  private static final SyncPoint POINT = new SyncPoint(1, 0, "core", 0);

  private final int rank;
  private final int bytes;
  private final int rounds;
  private final SocketChannel socket;

  /** From rank 1 to rank 0, where the copy uses two. */
  private final SocketChannel second;

  private final DataOutputStream out;
  private final DataInputStream in;
  private final ByteBuffer source;
  private final ByteBuffer target;
  private final Map<String, Round> candidates = new LinkedHashMap<>();
  private final List<Transport> open = new ArrayList<>();

  private interface Round {
    void run() throws Exception;
  }

  private AllReduceBenchmark(
      int rank, int megabytes, int rounds, SocketChannel socket, SocketChannel second)
      throws IOException {
    this.rank = rank;
    this.bytes = megabytes << 20;
    this.rounds = rounds;
    this.socket = socket;
    this.second = second;
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    second.setOption(StandardSocketOptions.TCP_NODELAY, true);
    this.out = new DataOutputStream(Channels.newOutputStream(socket));
    this.in = new DataInputStream(Channels.newInputStream(socket));
    this.source = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    this.target = ByteBuffer.allocateDirect(bytes);
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    int megabytes = Integer.parseInt(args[0]);
    int rounds = Integer.parseInt(args[1]);
    if (args.length > 2) {
      InetSocketAddress first =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[2]));
      new AllReduceBenchmark(
              1, megabytes, rounds, SocketChannel.open(first), SocketChannel.open(first))
          .run();
      return;
    }
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Process second = second(args, server.socket().getLocalPort());
      new AllReduceBenchmark(0, megabytes, rounds, server.accept(), server.accept()).run();
      if (second.waitFor() != 0) {
        throw new IllegalStateException("rank 1 ended with " + second.exitValue());
      }
    }
  }

  private static Process second(String[] args, int port) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            AllReduceBenchmark.class.getName(),
            args[0],
            args[1],
            Integer.toString(port))
        .inheritIO()
        .start();
  }

  private void run() throws Exception {
    candidates.put("plain copy, 1 connection", () -> copy(socket, socket));
    candidates.put(
        "plain copy, 2 connections",
        () -> copy(rank == 0 ? socket : second, rank == 0 ? second : socket));
    for (int lanes = 1; lanes <= 4; lanes++) {
      averaging("float32, lanes " + lanes, lanes, false, Wire.FLOAT32);
    }
    averaging("float32, lanes 1, encrypted", 1, true, Wire.FLOAT32);
    averaging("float32, lanes 2, encrypted", 2, true, Wire.FLOAT32);
    averaging("bfloat16, lanes 2", 2, false, Wire.BFLOAT16);
    Map<String, double[]> seconds = new LinkedHashMap<>();
    Map<String, double[]> processor = new LinkedHashMap<>();
    for (int round = -WARM_UPS; round < rounds; round++) {
      for (Map.Entry<String, Round> candidate : candidates.entrySet()) {
        double[] taken = timed(candidate.getValue());
        if (round >= 0) {
          seconds.computeIfAbsent(candidate.getKey(), name -> new double[rounds])[round] = taken[0];
          processor.computeIfAbsent(candidate.getKey(), name -> new double[rounds])[round] =
              taken[1];
        }
      }
    }
    if (rank == 0) {
      report(seconds, processor);
    }
    for (Transport transport : open) {
      transport.close();
    }
  }

  private void averaging(String name, int lanes, boolean encrypted, Wire wire) throws IOException {
    Endpoint endpoint = new Endpoint(HOST, 0, 1, lanes, encrypted, Duration.ofSeconds(60));
    Transport transport =
        Transport.bind(new Membership(RUN, 1, rank, 2, new Secret(3, 4)), endpoint);
    open.add(transport);
    out.writeUTF(transport.address());
    Collective collective = transport.connect(List.of(transport.address(), in.readUTF()));
    Slices slices = Slices.even(bytes / Float.BYTES, 2);
    candidates.put(
        name,
        () -> {
          collective.reduceScatter(POINT, source, slices, wire);
          collective.allGather(POINT, source, slices, wire);
        });
    check(collective, slices, wire);
  }

  /** 1 + 2 = 3 everywhere. */
  private void check(Collective collective, Slices slices, Wire wire) {
    for (int at = 0; at < bytes; at += Float.BYTES) {
      source.putFloat(at, rank + 1);
    }
    collective.reduceScatter(POINT, source, slices, wire);
    collective.allGather(POINT, source, slices, wire);
    for (int at = 0; at < bytes; at += Float.BYTES) {
      if (source.getFloat(at) != 3) {
        throw new IllegalStateException(source.getFloat(at) + " at " + at);
      }
      source.putFloat(at, 0);
    }
  }

  private void copy(SocketChannel to, SocketChannel from) throws Exception {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    Thread writer =
        new Thread(
            () -> {
              try {
                ByteBuffer left = source.duplicate();
                while (left.hasRemaining()) {
                  var unused = to.write(left);
                }
                sent.complete(null);
              } catch (IOException e) {
                sent.completeExceptionally(e);
              }
            });
    writer.start();
    ByteBuffer missing = target.duplicate();
    while (missing.hasRemaining()) {
      if (from.read(missing) < 0) {
        throw new IOException("rank " + (1 - rank) + " has gone");
      }
    }
    var unused = sent.get();
  }

  /**
   * Seconds of the slower rank, from when both are ready, and seconds of processor time of both
   * together.
   */
  private double[] timed(Round round) throws Exception {
    out.writeByte(1);
    var unused = in.readByte();
    long used = SYSTEM.getProcessCpuTime();
    long start = System.nanoTime();
    round.run();
    double taken = (System.nanoTime() - start) * 1e-9;
    double processor = (SYSTEM.getProcessCpuTime() - used) * 1e-9;
    out.writeDouble(taken);
    out.writeDouble(processor);
    return new double[] {Math.max(taken, in.readDouble()), processor + in.readDouble()};
  }

  private void report(Map<String, double[]> seconds, Map<String, double[]> processor) {
    double plain =
        Math.min(
            median(seconds.get("plain copy, 1 connection")),
            median(seconds.get("plain copy, 2 connections")));
    System.out.printf(
        Locale.ROOT,
        "%d MiB each way, two processes, %d rounds after %d, seconds%n",
        bytes >> 20,
        rounds,
        WARM_UPS);
    System.out.printf(
        "%-30s %8s %8s %8s %8s %8s %9s%n",
        "", "median", "min", "max", "MB/s", "of plain", "processor");
    seconds.forEach(
        (name, taken) ->
            System.out.printf(
                Locale.ROOT,
                "%-30s %8.4f %8.4f %8.4f %8.0f %7.1f%% %9.4f%n",
                name,
                median(taken),
                Arrays.stream(taken).min().orElseThrow(),
                Arrays.stream(taken).max().orElseThrow(),
                bytes * 1e-6 / median(taken),
                100 * plain / median(taken),
                median(processor.get(name))));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[values.length / 2] + sorted[(values.length - 1) / 2]) / 2;
  }
}
