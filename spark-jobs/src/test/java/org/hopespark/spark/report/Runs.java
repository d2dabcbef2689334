// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hopespark.spark.report.RunSummary.Baselines;
import org.hopespark.spark.report.RunSummary.LevelTraffic;
import org.hopespark.spark.report.RunSummary.Validation;
import org.hopespark.spark.report.RunSummary.Workers;

/** A small run with round figures. */
final class Runs {
  static final RunSummary SUMMARY =
      new RunSummary(
          "hope quickstart --output q",
          "0123abcd",
          7,
          2,
          400,
          409_600,
          150.5,
          100.0,
          4096.0,
          1_234_567,
          "9f86d081884c7d65",
          4.25,
          new Validation(4.5, Math.exp(4.5), 2.125, 20_480),
          new Baselines(Math.log(2048), 6.25),
          List.of(
              new LevelTraffic("core", 1_000_000, 1, 400, 400, 3_200_000_000L, 3_200_000_000L),
              new LevelTraffic("fast", 78_189, 1, 400, 400, 250_204_800, 250_204_800),
              new LevelTraffic("mid", 78_189, 4, 100, 100, 62_551_200, 62_551_200),
              new LevelTraffic("slow", 78_189, 16, 25, 25, 15_637_800, 15_637_800)),
          true,
          1_610_612_736L,
          List.of(new Workers(1, 400, 2)),
          null);

  static final DataSummary DATA =
      new DataSummary(
          "q/dataset",
          "5f3c",
          2048,
          130,
          Map.of("train", 110L, "validation", 8L),
          Map.of("train", 900_000L, "validation", 60_000L),
          Map.of("train", 300_000L, "validation", 20_000L),
          Map.of("exact-duplicate", 9L, "empty", 3L));

  static final TextSample SAMPLE =
      new TextSample("The <level> ", "\"slow\" & fast\n\tis updated.", 0.8, 40, 11);

  private Runs() {}

  static Run run(String directory) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("Java", "17.0.15, OpenJDK 64-Bit Server VM");
    environment.put("BLAS", "OpenBLAS, 1 thread");
    return new Run(
        directory,
        SUMMARY,
        metrics(400),
        Optional.of("seed: 7\nmodel:\n  dim: 64\n"),
        environment,
        Optional.of(DATA),
        Optional.of(SAMPLE));
  }

  static List<MetricsPoint> metrics(int steps) {
    List<MetricsPoint> points = new ArrayList<>();
    for (int step = 1; step <= steps; step++) {
      double noise = 0.15 * Math.sin(step * 12.9898) * Math.cos(step * 78.233);
      double loss = 4.2 + 3.4 * Math.exp(-step / 60.0) + noise;
      points.add(
          new MetricsPoint(
              step,
              loss,
              4096 + 200 * noise,
              3e-3,
              step < 200 ? 0 : 2.5,
              Map.of("slow", 0.0125),
              Map.of("slow", 0.005)));
    }

    return points;
  }
}
