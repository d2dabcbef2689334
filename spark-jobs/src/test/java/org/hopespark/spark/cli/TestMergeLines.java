// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TestMergeLines {
  @Test
  void printsALineEveryFiveSeconds() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, /* autoFlush= */ true, UTF_8);
    AtomicLong nanos = new AtomicLong(7);
    MergeLines lines =
        new MergeLines(new Terminal(InputStream.nullInputStream(), stream, stream), nanos::get);
    // A merge every second: those 5 and 10 seconds after the first are told.
    for (int merge = 1; merge <= 12; merge++) {
      nanos.addAndGet(1_000_000_000);
      lines.merged(merge, 31_743, 5_000 - merge);
    }
    assertThat(out.toString(UTF_8))
        .isEqualTo(
            """
            train-tokenizer  merge      6 of 31,743   of a pair that occurs 4,994 times
            train-tokenizer  merge     11 of 31,743   of a pair that occurs 4,989 times
            """);
  }
}
