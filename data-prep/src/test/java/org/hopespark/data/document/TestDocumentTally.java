// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TestDocumentTally {
  @Test
  void doesNotDependOnOrderOrParts() {
    DocumentTally forward = new DocumentTally();
    DocumentTally odd = new DocumentTally();
    DocumentTally even = new DocumentTally();
    for (int i = 0; i < 100; i++) {
      add(forward, i);
    }

    for (int i = 99; i >= 0; i--) {
      add(i % 2 == 0 ? even : odd, i);
    }

    odd.merge(even);
    assertThat(odd.digest()).isEqualTo(forward.digest());
    assertThat(odd.documentsBySplit()).isEqualTo(Map.of("train", 90L, "validation", 10L));
    assertThat(odd.documents()).isEqualTo(100);
    // "text 0" to "text 9" are 6 bytes long, the others 7.
    assertThat(odd.bytesBySplit()).isEqualTo(Map.of("train", 630L, "validation", 60L));
  }

  @Test
  void changesWithEveryFieldAndWithRepetition() {
    assertThat(
            new String[] {
              digest("id", "d", "t", "train"),
              digest("ie", "d", "t", "train"),
              digest("id", "e", "t", "train"),
              digest("id", "d", "u", "train"),
              digest("id", "d", "t", "validation"),
              digest("idd", "", "t", "train")
            })
        .doesNotHaveDuplicates();
    DocumentTally twice = new DocumentTally();
    twice.add("id", "d", "t".getBytes(UTF_8), "train");
    twice.add("id", "d", "t".getBytes(UTF_8), "train");
    assertThat(twice.digest()).isNotEqualTo(new DocumentTally().digest());
  }

  private static void add(DocumentTally tally, int i) {
    tally.add("id" + i, "text", ("text " + i).getBytes(UTF_8), i < 10 ? "validation" : "train");
  }

  private static String digest(String id, String domain, String text, String split) {
    DocumentTally tally = new DocumentTally();
    tally.add(id, domain, text.getBytes(UTF_8), split);
    return tally.digest();
  }
}
