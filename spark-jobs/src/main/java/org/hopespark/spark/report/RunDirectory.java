// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.spark.InvalidUsageException;

/**
 * The small files of a run directory. {@code summary.json} comes last and makes the directory a
 * run; a run that is resumed writes them again.
 */
public final class RunDirectory {
  private static final String SUMMARY = "summary.json";
  private static final String METRICS = "metrics.jsonl";
  private static final String CONFIG = "config.yaml";
  private static final String ENVIRONMENT = "environment.json";
  private static final String DATA = "data.json";
  private static final String SAMPLE = "sample.json";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private final TextFiles files;
  private final String path;

  public RunDirectory(Configuration hadoop, String path) {
    this.files = new TextFiles(hadoop);
    this.path = path;
  }

  /** Writes {@code config.yaml}: the resolved configuration. */
  public void writeConfig(String yaml) {
    files.replace(file(CONFIG), yaml);
  }

  /**
   * Writes {@code environment.json}: what the run ran on, name to value in the order of the page.
   */
  public void writeEnvironment(Map<String, String> environment) {
    files.replace(file(ENVIRONMENT), json(environment));
  }

  public void writeData(DataSummary data) {
    files.replace(file(DATA), json(data));
  }

  public void writeSample(TextSample sample) {
    files.replace(file(SAMPLE), json(sample));
  }

  /** Reads {@code data.json}, where there is one. */
  public Optional<DataSummary> data() {
    return optional(DATA, new TypeReference<DataSummary>() {});
  }

  /** Reads {@code summary.json}, where there is one. */
  public Optional<RunSummary> summary() {
    return optional(SUMMARY, new TypeReference<RunSummary>() {});
  }

  /** Writes {@code summary.json}, the last file of a run. */
  public void writeSummary(RunSummary summary) {
    files.replace(file(SUMMARY), json(summary));
  }

  /**
   * Reads what a report needs.
   *
   * @throws InvalidUsageException if the directory holds no summary, or a file is not what its name
   *     says
   */
  Run read() {
    String summary =
        files
            .read(file(SUMMARY))
            .orElseThrow(
                () ->
                    new InvalidUsageException(
                        "Missing run [%s]: it holds no %s. Give the --output directory of a finished hope train or hope quickstart."
                            .formatted(path, SUMMARY)));
    return new Run(
        path,
        parse(SUMMARY, summary, new TypeReference<RunSummary>() {}),
        metrics(),
        files.read(file(CONFIG)),
        optional(ENVIRONMENT, new TypeReference<LinkedHashMap<String, String>>() {})
            .orElseGet(LinkedHashMap::new),
        data(),
        optional(SAMPLE, new TypeReference<TextSample>() {}));
  }

  private List<MetricsPoint> metrics() {
    List<MetricsPoint> points = new ArrayList<>();
    for (String line : files.read(file(METRICS)).orElse("").lines().toList()) {
      JsonNode node = parse(METRICS, line, new TypeReference<JsonNode>() {});
      if (node.path("loss").isNumber()) {
        points.add(
            new MetricsPoint(
                node.path("step").asLong(),
                node.path("loss").asDouble(),
                node.path("tokensPerSecond").asDouble(Double.NaN),
                node.path("learningRate").asDouble(Double.NaN),
                node.path("checkpointSeconds").asDouble(),
                byLevel(node.path("exchangeSeconds")),
                byLevel(node.path("waitSeconds"))));
      }
    }

    return points;
  }

  private static Map<String, Double> byLevel(JsonNode node) {
    Map<String, Double> figures = new LinkedHashMap<>();
    node.fields()
        .forEachRemaining(field -> figures.put(field.getKey(), field.getValue().asDouble()));
    return figures;
  }

  private <T> Optional<T> optional(String name, TypeReference<T> type) {
    return files.read(file(name)).map(text -> parse(name, text, type));
  }

  private <T> T parse(String name, String text, TypeReference<T> type) {
    try {
      return JSON.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new InvalidUsageException(
          "Invalid run file [%s]: it is not the JSON that a run writes (%s). Run the command that wrote it again."
              .formatted(file(name), e.getOriginalMessage().lines().findFirst().orElse("")),
          e);
    }
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Cannot write " + value.getClass().getSimpleName() + " as JSON.", e);
    }
  }

  private String file(String name) {
    return path + "/" + name;
  }
}
