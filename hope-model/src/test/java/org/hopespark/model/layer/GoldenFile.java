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

/**
 * The tensors that {@code src/test/python/golden.py} wrote: safetensors under gzip, with the
 * configuration as metadata.
 */
final class GoldenFile {
  private final JsonNode header;
  private final ByteBuffer data;

  private GoldenFile(JsonNode header, ByteBuffer data) {
    this.header = header;
    this.data = data;
  }

  static GoldenFile read(String name) throws IOException {
    try (InputStream in =
        new GZIPInputStream(GoldenFile.class.getResourceAsStream("/org/hopespark/model/" + name))) {
      ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      int length = Math.toIntExact(bytes.getLong());
      JsonNode header = new ObjectMapper().readTree(bytes.array(), Long.BYTES, length);
      bytes.position(Long.BYTES + length);
      return new GoldenFile(header, bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  String metadata(String name) {
    return header.get("__metadata__").get(name).asText();
  }

  RunConfig config() {
    byte[] yaml = metadata("config").getBytes(StandardCharsets.UTF_8);
    return RunConfig.read(new ByteArrayInputStream(yaml), List.of());
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
