// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.spark.InvalidUsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestWriteReport {
  private final Configuration hadoop = new Configuration();

  @TempDir private Path directory;

  @Test
  void readsBackWhatARunWrote() throws IOException {
    String run = store("a", "seed: 7\n");

    Run read = new RunDirectory(hadoop, run).read();

    assertThat(read.summary()).isEqualTo(Runs.SUMMARY);
    assertThat(read.data()).contains(Runs.DATA);
    assertThat(read.sample()).contains(Runs.SAMPLE);
    assertThat(read.config()).contains("seed: 7\n");
    assertThat(read.environment()).containsExactly(Map.entry("Java", "17"));
    assertThat(read.metrics())
        .containsExactly(new MetricsPoint(10, 6.5, 1000, 0.003, 0, Map.of(), Map.of()));
  }

  @Test
  void leavesNoChecksumFilesBeside() throws IOException {
    store("a", "seed: 7\n");

    try (Stream<Path> files = Files.list(directory.resolve("a"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "summary.json",
              "config.yaml",
              "environment.json",
              "data.json",
              "sample.json",
              "metrics.jsonl");
    }
  }

  @Test
  void writesOnePageForOneRun() throws IOException {
    String output = directory.resolve("report.html").toString();

    String written =
        new WriteReport(hadoop).runs(List.of(store("a", "seed: 7\n"))).output(output).execute();

    assertThat(written).isEqualTo(output);
    assertThat(Path.of(output))
        .content()
        .startsWith("<!DOCTYPE html>")
        .contains("<h1>a</h1>")
        .endsWith("</html>\n");
  }

  @Test
  void comparesSeveralRuns() throws IOException {
    String first = store("first", "seed: 7\nmodel: {dim: 64, cms: [{name: fast, period: 1}]}\n");
    String second = store("second", "seed: 7\nmodel: {dim: 96, cms: [{name: fast, period: 2}]}\n");
    String output = directory.resolve("report.html").toString();

    new WriteReport(hadoop).runs(List.of(first, second)).output(output).execute();

    assertThat(Path.of(output))
        .content()
        .contains("Comparison of 2 runs")
        .contains("<tr><td>model.dim</td><td>64</td><td>96</td></tr>")
        .contains("<tr><td>model.cms.0.period</td><td>1</td><td>2</td></tr>")
        .doesNotContain("<td>seed</td>");
  }

  @Test
  void namesRunsByTheirPathsWhereTheirNamesAreEqual() throws IOException {
    String first = store("x/run", "seed: 7\n");
    String second = store("y/run", "seed: 7\n");
    String output = directory.resolve("report.html").toString();

    new WriteReport(hadoop).runs(List.of(first, second)).output(output).execute();

    assertThat(Path.of(output)).content().contains(">" + first + "</th>", ">" + second + "</th>");
  }

  @Test
  void refusesAnOutputThatExists() throws IOException {
    String run = store("a", "seed: 7\n");
    Path output = Files.writeString(directory.resolve("report.html"), "kept");

    assertThatThrownBy(
            () -> new WriteReport(hadoop).runs(List.of(run)).output(output.toString()).execute())
        .isInstanceOf(InvalidUsageException.class)
        .hasMessage(
            "Cannot write [%s]: it exists already. Remove it, or name another output.", output);
    assertThat(output).hasContent("kept");
  }

  @Test
  void refusesADirectoryThatIsNoRun() {
    String run = directory.resolve("none").toString();

    assertThatThrownBy(
            () ->
                new WriteReport(hadoop).runs(List.of(run)).output(directory + "/r.html").execute())
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageStartingWith("Missing run [" + run + "]: it holds no summary.json.");
  }

  @Test
  void namesAFileThatIsNotJson() throws IOException {
    String run = store("a", "seed: 7\n");
    Files.writeString(directory.resolve("a/summary.json"), "{\"command\": ");

    assertThatThrownBy(() -> new RunDirectory(hadoop, run).read())
        .isInstanceOf(InvalidUsageException.class)
        .hasMessageStartingWith(
            "Invalid run file [" + run + "/summary.json]: it is not the JSON that a run writes")
        .hasMessageNotContaining("\n");
  }

  private String store(String name, String config) throws IOException {
    String path = directory.resolve(name).toString();
    RunDirectory run = new RunDirectory(hadoop, path);
    run.writeConfig(config);
    run.writeEnvironment(Map.of("Java", "17"));
    run.writeData(Runs.DATA);
    run.writeSample(Runs.SAMPLE);
    run.writeSummary(Runs.SUMMARY);
    Files.writeString(
        directory.resolve(name).resolve("metrics.jsonl"),
        "{\"event\":\"start\"}\n{\"step\":10,\"loss\":6.5,\"tokensPerSecond\":1000.0,\"learningRate\":0.003,\"other\":1}\n");
    return path;
  }
}
