// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.tensorboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Storage;

/**
 * The event files of a run, {@code tensorboard/train} and {@code tensorboard/validation} below its
 * directory. Each is written whole, from what is committed, so it never shows a step that was
 * rolled back; a longer file begins with the bytes of the shorter one, as readers that follow it
 * expect.
 */
public final class TensorBoardFiles {
  /** TensorBoard takes every file for its own whose name contains {@code tfevents}. */
  private static final String FILE = "events.out.tfevents.hope";

  private static final String DIRECTORY = "tensorboard";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What a scalar is drawn over, and so is none itself. */
  private static final Set<String> AXES = Set.of("step", "tokens", "time");

  private final Configuration hadoop;
  private final Path run;

  public TensorBoardFiles(Configuration hadoop, Path run) {
    this.hadoop = hadoop;
    this.run = run;
  }

  /**
   * Writes every number of every line under its name, one of a level as {@code name/level}.
   *
   * @param metrics lines of {@code metrics.jsonl}
   */
  public void writeTraining(List<String> metrics) throws IOException {
    if (!metrics.isEmpty()) {
      write("train", training(metrics));
    }
  }

  static byte[] training(List<String> metrics) throws JsonProcessingException {
    ScalarEvents events = null;
    for (String text : metrics) {
      JsonNode line = JSON.readTree(text);
      double seconds = line.path("time").asDouble();
      if (events == null) {
        events = new ScalarEvents(seconds);
      }
      events.add(seconds, line.path("step").asLong(), scalars(line));
    }
    return events == null ? new byte[0] : events.toByteArray();
  }

  private static Map<String, Double> scalars(JsonNode line) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    line.fields()
        .forEachRemaining(
            field -> {
              JsonNode value = field.getValue();
              if (value.isNumber() && !AXES.contains(field.getKey())) {
                scalars.put(field.getKey(), value.asDouble());
              } else if (value.isObject()) {
                value
                    .fields()
                    .forEachRemaining(
                        inner -> {
                          if (inner.getValue().isNumber()) {
                            scalars.put(
                                field.getKey() + "/" + inner.getKey(), inner.getValue().asDouble());
                          }
                        });
              }
            });
    return scalars;
  }

  /**
   * Writes what validation gave at the end.
   *
   * @param wallSeconds since 1970
   * @param scalars by name; a name that training has too is drawn beside it
   */
  public void writeValidation(double wallSeconds, long step, Map<String, Double> scalars)
      throws IOException {
    ScalarEvents events = new ScalarEvents(wallSeconds);
    events.add(wallSeconds, step, scalars);
    write("validation", events.toByteArray());
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path path = new Path(new Path(new Path(run, DIRECTORY), name), FILE);
    try (OutputStream out = Storage.fileSystem(hadoop, path).create(path, /* overwrite= */ true)) {
      out.write(bytes);
    }
  }
}
