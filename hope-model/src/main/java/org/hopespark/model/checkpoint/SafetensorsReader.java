// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.hopespark.model.CorruptCheckpointException;

/**
 * Reads safetensors of float32 into slabs: exactly the tensors that are expected, with their
 * shapes, and nothing else.
 */
public final class SafetensorsReader {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private static final long MAX_HEADER = 100L << 20;
  private static final int TILE = 16_384;

  private SafetensorsReader() {}

  /**
   * Fills {@code tensors} from {@code in}, which stays open.
   *
   * @return the header's text pairs
   * @throws CorruptCheckpointException if the header is malformed, a tensor is missing, unknown or
   *     of another shape or type, ranges leave holes or overlap, or the file ends early or goes on
   */
  public static Map<String, String> read(InputStream in, List<TensorView> tensors)
      throws IOException {
    DataInputStream data = new DataInputStream(in);
    try {
      JsonNode header = header(data);
      for (TensorView tensor : inFileOrder(header, tensors)) {
        readData(data, tensor);
      }
      if (data.read() >= 0) {
        throw corrupt("length", "bytes follow the last tensor", "Restore the file from a copy");
      }
      Map<String, String> metadata = new HashMap<>();
      header
          .path("__metadata__")
          .fields()
          .forEachRemaining(pair -> metadata.put(pair.getKey(), pair.getValue().asText()));
      return metadata;
    } catch (EOFException e) {
      throw new CorruptCheckpointException(
          "Cannot read safetensors [truncated]: the file ends before its last tensor. Restore it from a copy or use an older checkpoint.",
          e);
    }
  }

  private static JsonNode header(DataInputStream data) throws IOException {
    long length = Long.reverseBytes(data.readLong());
    if (length < 2 || length > MAX_HEADER) {
      throw corrupt(
          "header length " + length,
          "must be 2 to " + MAX_HEADER + " bytes",
          "This is no safetensors file");
    }
    byte[] bytes = data.readNBytes((int) length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    try {
      JsonNode header = JSON.readTree(bytes);
      if (bytes[0] != '{' || !header.isObject()) {
        throw corrupt("header", "must be a JSON object", "This is no safetensors file");
      }
      return header;
    } catch (JsonProcessingException e) {
      throw new CorruptCheckpointException(
          "Cannot read safetensors [header]: it is not JSON. This is no safetensors file.", e);
    }
  }

  private static List<TensorView> inFileOrder(JsonNode header, List<TensorView> tensors) {
    Map<String, TensorView> expected = new HashMap<>();
    tensors.forEach(tensor -> expected.put(tensor.name(), tensor));
    Map<TensorView, Long> begins = new HashMap<>();
    for (Iterator<String> names = header.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (name.equals("__metadata__")) {
        continue;
      }
      TensorView tensor = expected.remove(name);
      if (tensor == null) {
        throw corrupt(
            name,
            "the model has no such tensor",
            "Use the configuration that the checkpoint was made with");
      }
      check(header.get(name), tensor);
      begins.put(tensor, header.get(name).get("data_offsets").get(0).asLong());
    }
    if (!expected.isEmpty()) {
      String missing = expected.keySet().stream().min(Comparator.naturalOrder()).orElseThrow();
      throw corrupt(
          missing,
          "the file lacks this tensor",
          "Use the configuration that the checkpoint was made with");
    }
    List<TensorView> sorted = new ArrayList<>(tensors);
    sorted.sort(Comparator.comparing(begins::get));
    long at = 0;
    for (TensorView tensor : sorted) {
      if (begins.get(tensor) != at) {
        throw corrupt(
            tensor.name(), "byte ranges leave a hole or overlap", "Restore the file from a copy");
      }
      at += tensor.size() * Float.BYTES;
    }
    return sorted;
  }

  private static void check(JsonNode entry, TensorView tensor) {
    String type = entry.path("dtype").asText();
    if (!type.equals("F32")) {
      throw corrupt(
          tensor.name() + " " + type, "the type must be F32", "Convert the file to float32");
    }
    List<Integer> shape = new ArrayList<>();
    entry.path("shape").forEach(axis -> shape.add(axis.asInt(-1)));
    if (!shape.equals(tensor.shape())) {
      throw corrupt(
          tensor.name() + " " + shape,
          "the model has shape " + tensor.shape(),
          "Use the configuration that the checkpoint was made with");
    }
    JsonNode offsets = entry.path("data_offsets");
    if (offsets.size() != 2
        || offsets.get(1).asLong() - offsets.get(0).asLong() != tensor.size() * Float.BYTES) {
      throw corrupt(
          tensor.name(), "its byte range does not fit its shape", "Restore the file from a copy");
    }
  }

  private static void readData(DataInputStream data, TensorView tensor) throws IOException {
    float[] tile = new float[TILE];
    byte[] bytes = new byte[TILE * Float.BYTES];
    for (long done = 0; done < tensor.size(); done += TILE) {
      int n = (int) Math.min(TILE, tensor.size() - done);
      data.readFully(bytes, 0, n * Float.BYTES);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(tile, 0, n);
      tensor.slab().write(tensor.offset() + done, tile, 0, n);
    }
  }

  private static CorruptCheckpointException corrupt(String what, String rule, String remedy) {
    return new CorruptCheckpointException(
        "Cannot read safetensors [%s]: %s. %s.".formatted(what, rule, remedy));
  }
}
