// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TestTable {
  @Test
  void alignsTextLeftAndFiguresRight() {
    Table table = new Table().text("level").figures("bytes").row("core", "1,024").row("mid", "8");

    assertThat(table.lines()).containsExactly("level  bytes", "core   1,024", "mid        8");
  }

  @Test
  void hasNoHeadWhereColumnsHaveNoNames() {
    Table table = new Table().text("").text("").row("seed", "7");

    assertThat(table.lines()).containsExactly("seed  7");
    assertThat(table.html()).doesNotContain("<thead>");
  }

  @Test
  void escapesCells() {
    assertThat(new Table().text("<h>").row("<script>&").html())
        .contains("<th>&lt;h&gt;</th>", "<td>&lt;script&gt;&amp;</td>")
        .doesNotContain("<script>");
  }

  @Test
  void rejectsARowOfAnotherWidth() {
    assertThatThrownBy(() -> new Table().text("a").row("1", "2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid row of 2 cells: the table has 1 columns.");
  }
}
