// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.hopespark.model.config.RunConfig;
import org.hopespark.model.tensor.ParameterLayout;
import org.hopespark.model.tensor.Slab;
import org.hopespark.model.tensor.TensorSpec;

/**
 * The tensors that {@code src/test/python/golden.py} wrote: safetensors under gzip, with the
 * configuration as metadata.
 */
final class GoldenFile {
  private final String name;
  private final JsonNode header;
  private final ByteBuffer data;

  private GoldenFile(String name, JsonNode header, ByteBuffer data) {
    this.name = name;
    this.header = header;
    this.data = data;
  }

  static GoldenFile read(String name) throws IOException {
    try (InputStream in =
        new GZIPInputStream(
            GoldenFile.class.getResourceAsStream(
                "/org/hopespark/model/golden-" + name + ".safetensors.gz"))) {
      ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      int length = Math.toIntExact(bytes.getLong());
      JsonNode header = new ObjectMapper().readTree(bytes.array(), Long.BYTES, length);
      bytes.position(Long.BYTES + length);
      return new GoldenFile(name, header, bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  String name() {
    return name;
  }

  /** The configuration that the tensors were made with. */
  RunConfig config() {
    String config = header.get("__metadata__").get("config").asText();
    byte[] yaml = config.getBytes(StandardCharsets.UTF_8);
    return RunConfig.read(new ByteArrayInputStream(yaml), List.of());
  }

  void copyParameters(ParameterLayout layout, Slab slab) {
    for (TensorSpec tensor : layout.tensors()) {
      float[] values = floats("parameters." + tensor.name());
      assertThat(values).as(tensor.name()).hasSize(Math.toIntExact(tensor.size()));
      slab.write(tensor.offset(), values, 0, values.length);
    }
  }

  float[] floats(String name) {
    ByteBuffer bytes = bytes(name, "F32");
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** Row {@code row} of a matrix of whole numbers. */
  int[] row(String name, int row) {
    ByteBuffer bytes = bytes(name, "I32");
    int[] values = new int[header.get(name).get("shape").get(1).asInt()];
    bytes.asIntBuffer().get(row * values.length, values);
    return values;
  }

  private ByteBuffer bytes(String name, String type) {
    assertThat(header.path(name).path("dtype").asText()).as("type of %s", name).isEqualTo(type);
    JsonNode range = header.get(name).get("data_offsets");
    int from = range.get(0).asInt();
    return data.slice(from, range.get(1).asInt() - from).order(ByteOrder.LITTLE_ENDIAN);
  }
}
