// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Writes safetensors: 8 bytes of header length (little-endian), a JSON header padded with spaces so
 * that the data begin 8-byte aligned, the data. Tensors stand in the order of their names.
 */
public final class SafetensorsWriter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TILE = 16_384;

  private SafetensorsWriter() {}

  /**
   * Writes {@code tensors} to {@code out}, which stays open.
   *
   * @param metadata text pairs for the header
   */
  public static void write(OutputStream out, Map<String, String> metadata, List<TensorView> tensors)
      throws IOException {
    List<TensorView> sorted = new ArrayList<>(tensors);
    sorted.sort(Comparator.comparing(TensorView::name));
    byte[] header = header(metadata, sorted);
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(header.length).array());
    out.write(header);
    for (TensorView tensor : sorted) {
      writeData(out, tensor);
    }
  }

  private static byte[] header(Map<String, String> metadata, List<TensorView> tensors)
      throws IOException {
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode pairs = root.putObject("__metadata__");
      metadata.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(pair -> pairs.put(pair.getKey(), pair.getValue()));
    }
    long at = 0;
    for (TensorView tensor : tensors) {
      ObjectNode entry = root.putObject(tensor.name());
      entry.put("dtype", "F32");
      tensor.shape().forEach(entry.withArray("shape")::add);
      long end = at + tensor.size() * Float.BYTES;
      entry.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    byte[] json = JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  private static void writeData(OutputStream out, TensorView tensor) throws IOException {
    float[] tile = new float[TILE];
    ByteBuffer bytes = ByteBuffer.allocate(TILE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long done = 0; done < tensor.size(); done += TILE) {
      int n = (int) Math.min(TILE, tensor.size() - done);
      tensor.slab().read(tensor.offset() + done, tile, 0, n);
      bytes.asFloatBuffer().put(tile, 0, n);
      out.write(bytes.array(), 0, n * Float.BYTES);
    }
  }
}
