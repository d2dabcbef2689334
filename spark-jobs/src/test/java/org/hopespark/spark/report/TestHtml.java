// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestHtml {
  @Test
  void escapesTheFiveCharactersOfMarkup() {
    assertThat(Html.escape("<a href=\"x\" id='y'>&amp;</a>"))
        .isEqualTo("&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
  }

  @Test
  void showsForbiddenControlCharactersAsReplacements() {
    assertThat(Html.escape("a\u0000b\u001bc\u0085d")).isEqualTo("a\uFFFDb\uFFFDc\uFFFDd");
  }

  @Test
  void keepsLineBreaksTabsAndOtherScripts() {
    assertThat(Html.escape("\n\t\u00e9\u4e2d\ud83d\ude00"))
        .isEqualTo("\n\t\u00e9\u4e2d\ud83d\ude00");
  }
}
