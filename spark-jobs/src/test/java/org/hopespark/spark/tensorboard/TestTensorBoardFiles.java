// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestTensorBoardFiles {
  private static final List<String> LINES =
      List.of(
          """
          {"step":10,"tokens":640,"time":1700000000.5,"loss":5.5,"gradientNorms":{"core":1.25},"due":["core"]}""",
          """
          {"step":300,"tokens":19200,"time":1700000060.0,"loss":4.5,"gradientNorms":{"core":1.5,"slow":0.25},"bytesSent":{"core":4096}}""");

  @TempDir Path dir;

  /** One decoded event. */
  private record Event(double wallTime, long step, String version, Map<String, Float> scalars) {}

  @Test
  void everyNumberOfALineIsAScalarOfItsStep() throws IOException {
    new TensorBoardFiles(new Configuration(), new org.apache.hadoop.fs.Path(dir.toUri()))
        .writeTraining(LINES);

    List<Event> events = read(dir.resolve("tensorboard/train/events.out.tfevents.hope"));

    assertThat(events)
        .containsExactly(
            new Event(1_700_000_000.5, 0, "brain.Event:2", Map.of()),
            new Event(1_700_000_000.5, 10, "", Map.of("loss", 5.5f, "gradientNorms/core", 1.25f)),
            new Event(
                1_700_000_060.0,
                300,
                "",
                Map.of(
                    "loss",
                    4.5f,
                    "gradientNorms/core",
                    1.5f,
                    "gradientNorms/slow",
                    0.25f,
                    "bytesSent/core",
                    4096f)));
  }

  @Test
  void aLongerFileBeginsWithTheShorterOne() throws IOException {
    byte[] one = TensorBoardFiles.training(LINES.subList(0, 1));
    byte[] two = TensorBoardFiles.training(LINES);

    assertThat(one).isNotEmpty();
    assertThat(Arrays.copyOf(two, one.length)).isEqualTo(one);
  }

  @Test
  void validationIsARunOfItsOwn() throws IOException {
    new TensorBoardFiles(new Configuration(), new org.apache.hadoop.fs.Path(dir.toUri()))
        .writeValidation(1_700_000_000, 12_345_678_901L, Map.of("loss", 2.5));

    assertThat(read(dir.resolve("tensorboard/validation/events.out.tfevents.hope")).get(1))
        .isEqualTo(new Event(1_700_000_000, 12_345_678_901L, "", Map.of("loss", 2.5f)));
  }

  /** The check value that the CRC catalogue gives for CRC-32/ISCSI. */
  @Test
  void theTestsOwnChecksumIsTheStandards() {
    assertThat(crc32c("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0xe3069283);
  }

  // A reader after the format's description, which shares no code with the writer.

  private static List<Event> read(Path path) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (file.hasRemaining()) {
      byte[] length = new byte[8];
      file.get(length);
      assertThat(file.getInt()).isEqualTo(masked(length));
      byte[] event =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      file.get(event);
      assertThat(file.getInt()).isEqualTo(masked(event));
      events.add(event(event));
    }
    return events;
  }

  private static int masked(byte[] data) {
    int crc = crc32c(data);
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }

  /** Bit by bit, Castagnoli's polynomial reflected. */
  private static int crc32c(byte[] data) {
    int crc = ~0;
    for (byte b : data) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0x82f63b78;
      }
    }
    return ~crc;
  }

  private static Event event(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    double wallTime = 0;
    long step = 0;
    String version = "";
    Map<String, Float> scalars = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      switch (in.get()) {
        case 0x09 -> wallTime = in.getDouble();
        case 0x10 -> step = varint(in);
        case 0x1a -> version = new String(bytes(in), StandardCharsets.UTF_8);
        case 0x2a -> scalars.putAll(summary(bytes(in)));
        default -> throw new AssertionError("unknown field of Event");
      }
    }
    return new Event(wallTime, step, version, scalars);
  }

  private static Map<String, Float> summary(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message);
    Map<String, Float> scalars = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      assertThat(in.get()).isEqualTo((byte) 0x0a);
      ByteBuffer value = ByteBuffer.wrap(bytes(in)).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(value.get()).isEqualTo((byte) 0x0a);
      String tag = new String(bytes(value), StandardCharsets.UTF_8);
      assertThat(value.get()).isEqualTo((byte) 0x15);
      scalars.put(tag, value.getFloat());
      assertThat(value.hasRemaining()).isFalse();
    }
    return scalars;
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[(int) varint(in)];
    in.get(bytes);
    return bytes;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }
}
