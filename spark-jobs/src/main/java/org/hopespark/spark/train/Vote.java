// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hopespark.model.level.Level;
import org.hopespark.model.train.Replica;

/**
 * What a rank says of the gradients of all levels that are due, between reducing and applying. All
 * ranks hear all votes and come to the same decision.
 *
 * @param levels in the order of levels
 */
record Vote(List<OfLevel> levels) {

  /**
   * One level.
   *
   * @param squares sums of squares of the rank's part of the gradient, one per block
   * @param notFinite name of the first tensor whose gradient is not finite there; empty if all are
   */
  record OfLevel(DoubleBuffer squares, String notFinite) {
    OfLevel(double[] squares, String notFinite) {
      this(DoubleBuffer.wrap(squares), notFinite);
    }

    /** What {@code replica} has to say of {@code level}. */
    static OfLevel of(Replica replica, Level level, double[] squares) {
      boolean isFinite = Arrays.stream(squares).allMatch(Double::isFinite);
      return new OfLevel(squares, isFinite ? "" : replica.firstNotFinite(level).orElse(""));
    }
  }

  byte[] encode() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(levels.size());
      for (OfLevel level : levels) {
        out.writeInt(level.squares().remaining());
        for (double square : level.squares().array()) {
          out.writeDouble(square);
        }
        out.writeUTF(level.notFinite());
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Vote decode(byte[] message) {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(message));
      List<OfLevel> levels = new ArrayList<>();
      int size = in.readInt();
      for (int level = 0; level < size; level++) {
        double[] squares = new double[in.readInt()];
        for (int block = 0; block < squares.length; block++) {
          squares[block] = in.readDouble();
        }
        levels.add(new OfLevel(squares, in.readUTF()));
      }
      return new Vote(levels);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
