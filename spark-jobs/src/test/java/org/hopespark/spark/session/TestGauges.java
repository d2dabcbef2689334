// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class TestGauges {
  /** As in cluster-configs/metrics.properties. */
  private static final Map<String, String> CONF =
      Map.of(
          "spark.ui.enabled",
          "true",
          "spark.ui.port",
          "0",
          "spark.metrics.conf.*.sink.prometheusServlet.class",
          "org.apache.spark.metrics.sink.PrometheusServlet",
          "spark.metrics.conf.*.sink.prometheusServlet.path",
          "/metrics/prometheus");

  @Test
  void aPageOfTheDriverShowsThem() throws IOException, InterruptedException {
    Gauges.driver().set("run.loss", 9);
    try (SparkSession spark = Sessions.open("local[1]", "gauges", CONF)) {
      String url = spark.sparkContext().uiWebUrl().get() + "/metrics/prometheus/";
      assertThat(page(url)).contains("run_step").doesNotContain("run_loss");

      Gauges.driver().set("run.step", 40);
      Gauges.driver().set("run.level.core.bytesSent", 4096);
      Gauges.executor().set("worker.step", 41);

      assertThat(page(url))
          .containsPattern("HopePlugin_run_step_Value\\S* 40\\.0\n")
          .containsPattern("HopePlugin_run_level_core_bytesSent_Value\\S* 4096\\.0\n")
          .containsPattern("HopePlugin_worker_step_Value\\S* 41\\.0\n");
      Gauges.driver().set("run.step", 50);
      assertThat(page(url)).containsPattern("HopePlugin_run_step_Value\\S* 50\\.0\n");
    }
  }

  private static String page(String url) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }
}
