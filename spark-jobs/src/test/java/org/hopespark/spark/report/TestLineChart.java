// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.hopespark.spark.report.LineChart.Point;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class TestLineChart {
  @Test
  void drawsPointsWhereTheyBelong() {
    // x: 0..80 over 64..744 is 8.5 per unit. y: 0..5 over 296..16 is 56 per unit, upwards.
    String svg =
        new LineChart("t", "x", "y")
            .series("s", "tone-1", List.of(new Point(0, 0), new Point(40, 2.5), new Point(80, 5)))
            .svg();

    assertThat(svg).contains("points=\"64,296 404,156 744,16\"");
  }

  @Test
  void drawsAReferenceAtItsHeightWithItsLabelBeside() {
    String svg =
        new LineChart("t", "x", "y")
            .series("", "tone-1", List.of(new Point(0, 0), new Point(80, 5)))
            .reference("unigram", "quiet", 2)
            .svg();

    // 296 - 2 * 56 = 184; the label's baseline is 4 below its middle.
    assertThat(svg)
        .contains("<line class=\"reference quiet\" x1=\"64\" y1=\"184\" x2=\"744\" y2=\"184\"/>")
        .contains("<text class=\"label quiet\" x=\"752\" y=\"188\">unigram</text>");
  }

  @Test
  void marksEventsInRowsUnderThePlot() {
    String svg =
        new LineChart("t", "x", "y")
            .series("", "tone-1", List.of(new Point(0, 0), new Point(80, 5)))
            .marks("mid", "tone-3", List.of(40.0, 80.0))
            .marks("slow", "tone-3", List.of(80.0))
            .svg();

    // Rows start 46 below the plot, 18 apart, ticks 2 inside: 296 + 46 + 2 = 344, then 362.
    assertThat(svg)
        .contains("d=\"M404 344v10M744 344v10\"")
        .contains("d=\"M744 362v10\"")
        .contains("viewBox=\"0 0 880 378\"");
  }

  @Test
  void startsAtZeroOnlyWhenAsked() {
    List<Point> points = List.of(new Point(0, 4), new Point(80, 5));

    assertThat(new LineChart("t", "x", "y").series("", "a", points).svg())
        .contains("points=\"64,296");
    assertThat(new LineChart("t", "x", "y").series("", "a", points).fromZero().svg())
        .contains("points=\"64,72");
  }

  @Test
  void leavesPointsOutThatAreNoNumbers() {
    String svg =
        new LineChart("t", "x", "y")
            .series(
                "s",
                "tone-1",
                List.of(new Point(0, 0), new Point(40, Double.NaN), new Point(80, 5)))
            .svg();

    assertThat(svg).contains("points=\"64,296 744,16\"").doesNotContain("NaN");
  }

  @Test
  void drawsASinglePointAsADot() {
    String svg =
        new LineChart("t", "x", "y")
            .series("", "tone-1", List.of(new Point(0, 0), new Point(80, 5)))
            .series("s", "tone-2", List.of(new Point(40, 2.5)))
            .svg();

    assertThat(svg).contains("<polyline class=\"line tone-2 dot\" points=\"404,156 404,156\">");
  }

  @Test
  void saysSoWhereThereIsNothingToDraw() {
    assertThat(new LineChart("t", "x", "y").series("s", "tone-1", List.of()).svg())
        .contains("No points")
        .doesNotContain("<svg");
  }

  @Test
  void movesLabelsApartAndKeepsTheirOrder() {
    assertThat(LineChart.spread(new double[] {100, 50, 102, 104}, 15))
        .containsExactly(100, 50, 115, 130);
  }

  @Test
  void escapesEveryText() throws Exception {
    String svg =
        new LineChart("a<b>", "x & \"z\"", "y'")
            .series("<s>", "tone-1", List.of(new Point(0, 0), new Point(80, 5)))
            .reference("r&r", "quiet", 1)
            .marks("<m>", "tone-3", List.of(1.0))
            .svg();

    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getDocumentElement().getAttribute("aria-label")).isEqualTo("a<b>");
    assertThat(document.getDocumentElement().getTextContent())
        .contains("x & \"z\"", "y'", "<s>", "r&r", "<m>");
  }
}
