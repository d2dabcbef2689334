// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import org.hopespark.spark.train.LevelExchange;
import org.hopespark.spark.train.Progress;
import org.junit.jupiter.api.Test;

class TestProgressLines {
  @Test
  void linesAreAlignedAndTellTheLargestGradientNorm() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, /* autoFlush= */ true, UTF_8);
    ProgressLines lines =
        new ProgressLines(new Terminal(InputStream.nullInputStream(), stream, stream));
    lines.onProgress(
        progress(50, 8.98761, Map.of("core", 1.331, "fast", 0.0358), 980, 3_725, Map.of()));
    lines.onProgress(
        progress(
            2_000,
            11.5,
            Map.of("core", 0.5, "fast", 287_228.3),
            21_480.6,
            59,
            Map.of(
                "core",
                new LevelExchange(1, 0.5, 0.25, 0),
                "fast",
                new LevelExchange(1, 1, 0, 0))));
    assertThat(out.toString(UTF_8))
        .isEqualTo(
            """
            train            step    50 of 4,000   loss  8.9876   grad norm 1.3e+00   rate 4.00e-03        980 tokens/s   1 h 02 min left
            train            step 2,000 of 4,000   loss 11.5000   grad norm 2.9e+05   rate 4.00e-03     21,481 tokens/s   exchange 15.0 %, waiting  2.5 %   59.0 s left
            """);
  }

  private static Progress progress(
      long step,
      double loss,
      Map<String, Double> norms,
      double tokensPerSecond,
      double secondsLeft,
      Map<String, LevelExchange> exchanges) {
    return new Progress(
        step,
        4_000,
        loss,
        norms,
        4e-3,
        tokensPerSecond,
        secondsLeft,
        Map.of(),
        10,
        exchanges,
        Optional.empty());
  }
}
