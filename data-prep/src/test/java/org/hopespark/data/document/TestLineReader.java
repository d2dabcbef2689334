// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestLineReader {
  @Test
  void readsRandomLinesAsTheJdkDoes() throws IOException {
    long seed = 20260101;
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      StringBuilder text = new StringBuilder();
      int numLines = random.nextInt(50);
      for (int i = 0; i < numLines; i++) {
        text.append("x".repeat(random.nextInt(i % 7 == 0 ? 200_000 : 40)));
        text.append(random.nextInt(4) == 0 ? "\r\n" : "\n");
      }

      text.append(random.nextBoolean() ? "last" : "");
      List<String> expected =
          new BufferedReader(new StringReader(text.toString())).lines().toList();
      assertThat(lines(text.toString())).as("seed %d, round %d", seed, round).isEqualTo(expected);
    }
  }

  @Test
  void startsNoLineAfterTheLastLineFeed() throws IOException {
    assertThat(lines("a\n\n")).containsExactly("a", "");
    assertThat(lines("")).isEmpty();
    assertThat(lines("\n")).containsExactly("");
  }

  @Test
  void flagsALineThatIsTooLongAndReadsTheNext() throws IOException {
    String content = "short\n" + "y".repeat(300_000) + "\nnext\n" + "z".repeat(100_001);
    LineReader reader = new LineReader(new ByteArrayInputStream(content.getBytes(UTF_8)), 100_000);
    List<Boolean> tooLong = new ArrayList<>();
    while (reader.next()) {
      tooLong.add(reader.isTooLong());
    }

    assertThat(tooLong).containsExactly(false, true, false, true);
  }

  private static List<String> lines(String content) throws IOException {
    LineReader reader = new LineReader(new ByteArrayInputStream(content.getBytes(UTF_8)), 1 << 20);
    List<String> lines = new ArrayList<>();
    while (reader.next()) {
      lines.add(new String(reader.bytes(), 0, reader.length(), UTF_8));
    }

    return lines;
  }
}
