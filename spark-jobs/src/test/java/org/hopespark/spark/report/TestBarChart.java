// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestBarChart {
  @Test
  void drawsLengthsInProportionToTheLongest() {
    String svg =
        new BarChart("t").bar("half", "tone-1", 4, "4.0").bar("whole", "quiet", 8, "8.0").svg();

    // 580 wide for 8, so 290 for 4; rows of 34 with a bar of 20 in the middle; figures 8 behind.
    assertThat(svg)
        .contains(
            "<rect class=\"bar tone-1\" x=\"180\" y=\"7\" width=\"290\" height=\"20\" rx=\"2\"/>")
        .contains(
            "<rect class=\"bar quiet\" x=\"180\" y=\"41\" width=\"580\" height=\"20\" rx=\"2\"/>")
        .contains("<text class=\"bar-figure\" x=\"478\" y=\"22\">4.0</text>")
        .contains("viewBox=\"0 0 880 68\"");
  }

  @Test
  void drawsNoLengthWhereAllAreZero() {
    assertThat(new BarChart("t").bar("none", "tone-1", 0, "0").svg()).contains("width=\"0\"");
  }
}
