// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A device between workers: passes bytes on, and from a moment on does something else with them.
 */
final class Proxy implements Closeable {
  /** What becomes of a piece of the stream. */
  interface Fault {
    /** Changes {@code bytes} or waits; returns how many of {@code n} to pass on, -1 to hang up. */
    int on(byte[] bytes, int n) throws Exception;
  }

  static final Fault FLIP_A_BIT =
      (bytes, n) -> {
        bytes[n / 2] ^= 1;
        return n;
      };

  /** The connection stays open, and nothing comes out of it. */
  static final Fault SWALLOW = (bytes, n) -> 0;

  static final Fault CUT = (bytes, n) -> -1;

  private final Fault fault;
  private final AtomicBoolean faulty = new AtomicBoolean();
  private final List<Closeable> open = new CopyOnWriteArrayList<>();

  Proxy(Fault fault) {
    this.fault = fault;
  }

  /** From now on the fault happens, to what goes to the worker behind the proxy. */
  void start() {
    faulty.set(true);
  }

  /** An address that leads to {@code address} through this proxy. */
  String inFrontOf(String address) {
    String[] fields = address.split(" ", -1);
    try {
      ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      open.add(door);
      Thread accepting = new Thread(() -> accept(door, Integer.parseInt(fields[2])));
      accepting.setDaemon(true);
      accepting.start();
      return "%s %s %d".formatted(fields[0], fields[1], door.getLocalPort());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void accept(ServerSocket door, int port) {
    try {
      while (true) {
        Socket from = door.accept();
        Socket to = new Socket(InetAddress.getLoopbackAddress(), port);
        open.add(from);
        open.add(to);
        pump(from, to, true);
        pump(to, from, false);
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void pump(Socket from, Socket to, boolean inward) {
    Thread thread =
        new Thread(
            () -> {
              byte[] bytes = new byte[1 << 16];
              try (from;
                  to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                  int passed = inward && faulty.get() ? fault.on(bytes, n) : n;
                  if (passed < 0) {
                    return;
                  }
                  out.write(bytes, 0, passed);
                }
              } catch (Exception closed) {
                // One end has gone, and both sockets go with it.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    for (Closeable socket : open) {
      socket.close();
    }
  }
}
