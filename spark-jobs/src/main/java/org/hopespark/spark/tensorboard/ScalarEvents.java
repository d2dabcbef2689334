// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The bytes of an event file: records of length, its checksum, an {@code Event} message, and that
 * one's checksum, all little-endian. Of TensorFlow's {@code event.proto} and {@code summary.proto}
 * only the fields that a scalar needs are written.
 */
final class ScalarEvents {
  private static final String VERSION = "brain.Event:2";
  private static final int CRC_MASK = 0xa282ead8;

  // Field number times 8 plus wire type: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
  private static final int EVENT_WALL_TIME = 1 << 3 | 1;
  private static final int EVENT_STEP = 2 << 3;
  private static final int EVENT_VERSION = 3 << 3 | 2;
  private static final int EVENT_SUMMARY = 5 << 3 | 2;
  private static final int SUMMARY_VALUE = 1 << 3 | 2;
  private static final int VALUE_TAG = 1 << 3 | 2;
  private static final int VALUE_SIMPLE = 2 << 3 | 5;

  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  /** Begins a file at {@code wallSeconds} since 1970. */
  ScalarEvents(double wallSeconds) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    eightBytes(event, EVENT_WALL_TIME, Double.doubleToLongBits(wallSeconds));
    bytes(event, EVENT_VERSION, VERSION.getBytes(StandardCharsets.UTF_8));
    record(event.toByteArray());
  }

  /** Adds the values of one step, by tag. */
  void add(double wallSeconds, long step, Map<String, Double> scalars) {
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    scalars.forEach(
        (tag, scalar) -> {
          ByteArrayOutputStream value = new ByteArrayOutputStream();
          bytes(value, VALUE_TAG, tag.getBytes(StandardCharsets.UTF_8));
          fourBytes(value, VALUE_SIMPLE, Float.floatToRawIntBits(scalar.floatValue()));
          bytes(summary, SUMMARY_VALUE, value.toByteArray());
        });
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    eightBytes(event, EVENT_WALL_TIME, Double.doubleToLongBits(wallSeconds));
    varint(event, EVENT_STEP);
    varint(event, step);
    bytes(event, EVENT_SUMMARY, summary.toByteArray());
    record(event.toByteArray());
  }

  byte[] toByteArray() {
    return file.toByteArray();
  }

  private void record(byte[] event) {
    byte[] length = littleEndian(Long.BYTES).putLong(event.length).array();
    file.writeBytes(length);
    file.writeBytes(littleEndian(Integer.BYTES).putInt(maskedCrc(length)).array());
    file.writeBytes(event);
    file.writeBytes(littleEndian(Integer.BYTES).putInt(maskedCrc(event)).array());
  }

  /** Masked, since a checksum over data that holds its own checksum would be weak. */
  private static int maskedCrc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK;
  }

  private static void eightBytes(ByteArrayOutputStream out, int field, long bits) {
    out.write(field);
    out.writeBytes(littleEndian(Long.BYTES).putLong(bits).array());
  }

  private static void fourBytes(ByteArrayOutputStream out, int field, int bits) {
    out.write(field);
    out.writeBytes(littleEndian(Integer.BYTES).putInt(bits).array());
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] content) {
    out.write(field);
    varint(out, content.length);
    out.writeBytes(content);
  }

  /** Seven bits a byte, the lowest first; the eighth says that more follow. */
  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
