// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.hopespark.model.CorruptCheckpointException;
import org.hopespark.model.tensor.Slab;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestSafetensors {
  private Slab slab;

  @BeforeEach
  void open() {
    slab = Slab.allocate("test", 100);
    for (int i = 0; i < 100; i++) {
      slab.write(i, i + 0.5f);
    }
  }

  @AfterEach
  void close() {
    slab.close();
  }

  private List<TensorView> views(Slab slab) {
    return List.of(
        new TensorView("b", List.of(2, 3), slab, 10), new TensorView("a", List.of(4), slab, 50));
  }

  private byte[] written() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(out, Map.of("made-by", "test"), views(slab));
    return out.toByteArray();
  }

  @Test
  void bytesFollowTheSpecification() throws IOException {
    byte[] bytes = written();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) buffer.getLong();
    String json = new String(bytes, 8, header, StandardCharsets.UTF_8);
    assertThat(json.strip())
        .isEqualTo(
            "{\"__metadata__\":{\"made-by\":\"test\"},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[16,40]}}");
    assertThat((8 + header) % 8).isZero();
    assertThat(bytes).hasSize(8 + header + 40);
    assertThat(buffer.getFloat(8 + header)).isEqualTo(50.5f);
    assertThat(buffer.getFloat(8 + header + 16)).isEqualTo(10.5f);
  }

  @Test
  void readsBackWhatWasWritten() throws IOException {
    try (Slab copy = Slab.allocate("copy", 100)) {
      Map<String, String> metadata =
          SafetensorsReader.read(new ByteArrayInputStream(written()), views(copy));
      assertThat(metadata).containsExactly(Map.entry("made-by", "test"));
      assertThat(copy.read(15)).isEqualTo(15.5f);
      assertThat(copy.read(53)).isEqualTo(53.5f);
      assertThat(copy.read(16)).isZero();
    }
  }

  @Test
  void keepsEveryBitOfUnusualNumbers() throws IOException {
    float[] unusual = {
      Float.NaN, Float.POSITIVE_INFINITY, -0f, Float.MIN_VALUE, Float.MAX_VALUE, -1e-40f
    };
    slab.write(10, unusual, 0, 6);
    byte[] bytes = written();
    try (Slab copy = Slab.allocate("copy", 100)) {
      SafetensorsReader.read(new ByteArrayInputStream(bytes), views(copy));
      for (int i = 0; i < 6; i++) {
        assertThat(Float.floatToRawIntBits(copy.read(10 + i)))
            .isEqualTo(Float.floatToRawIntBits(unusual[i]));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "7", "30", "150"})
  void refusesAFileThatEndsEarly(int length) throws IOException {
    byte[] bytes = written();
    assertRefused(Arrays.copyOf(bytes, Math.min(length, bytes.length - 1)), "truncated");
  }

  @Test
  void refusesBytesAfterTheLastTensor() throws IOException {
    byte[] bytes = written();
    assertRefused(Arrays.copyOf(bytes, bytes.length + 1), "bytes follow the last tensor");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"a\"|\"z\"|the model has no such tensor",
        "F32|F16|the type must be F32",
        "[2,3]|[3,2]|the model has shape [2, 3]",
        "[0,16]|[0,15]|its byte range does not fit its shape",
        "[16,40]|[20,44]|byte ranges leave a hole or overlap",
        "\"b\"|\"a\"|it is not JSON",
      })
  void refusesAHeaderThatDisagreesWithTheModel(String from, String to, String rule)
      throws IOException {
    byte[] bytes = written();
    int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String json = new String(bytes, 8, header, StandardCharsets.UTF_8);
    assertThat(json).contains(from);
    byte[] changed = json.replace(from, to).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(changed, 0, bytes, 8, header);
    assertRefused(bytes, rule);
  }

  @Test
  void namesATensorThatTheFileLacks() throws IOException {
    byte[] bytes = written();
    List<TensorView> more =
        List.of(
            new TensorView("b", List.of(2, 3), slab, 10),
            new TensorView("a", List.of(4), slab, 50),
            new TensorView("c", List.of(1), slab, 60));
    assertThatThrownBy(() -> SafetensorsReader.read(new ByteArrayInputStream(bytes), more))
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageStartingWith("Cannot read safetensors [c]: the file lacks this tensor.");
  }

  @Test
  void refusesAnAbsurdHeaderLength() {
    byte[] bytes = new byte[64];
    Arrays.fill(bytes, 0, 8, (byte) 0x7f);
    assertRefused(bytes, "must be 2 to 104857600 bytes");
  }

  private void assertRefused(byte[] bytes, String rule) {
    assertThatThrownBy(() -> SafetensorsReader.read(new ByteArrayInputStream(bytes), views(slab)))
        .isInstanceOf(CorruptCheckpointException.class)
        .hasMessageContaining(rule);
  }
}
