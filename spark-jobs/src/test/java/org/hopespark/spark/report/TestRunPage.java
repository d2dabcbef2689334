// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hopespark.spark.report.RunSummary.LevelTraffic;
import org.junit.jupiter.api.Test;

class TestRunPage {
  private final String page = new RunPage(Runs.run("runs/first")).html();

  @Test
  void hasEverySectionOnce() {
    for (String heading :
        List.of("Loss", "Validation", "Throughput", "Levels", "Sample", "Data", "What ran")) {
      assertThat(page).containsOnlyOnce("<h2>" + heading + "</h2>");
    }
  }

  @Test
  void needsNothingFromOutside() {
    assertThat(page)
        .doesNotContain("<script", "http://", "https://", "src=", "<link", "@import", "url(");
  }

  @Test
  void showsFiguresWithSeparatorsAndUnits() {
    assertThat(page)
        .contains("1,234,567 parameters trained on 409,600 tokens by 2 workers in 1 min 40 s")
        .contains("<dd>4.500<small>nats per token</small></dd>")
        .contains("<dd>4,096<small>tokens per second</small></dd>")
        .contains("<dd>1.5 GiB<small>peak of one process</small></dd>")
        .contains("The model is 1.750 nats below the unigram baseline");
  }

  @Test
  void showsTheChunkOfEachLevelInTokens() {
    // 409,600 tokens in 400 steps are 1,024 a step; the slow level waits 16 of them.
    assertThat(page)
        .contains(
            "<td>slow</td><td class=\"figure\">78,189</td><td class=\"figure\">16</td><td class=\"figure\">16,384</td>");
  }

  @Test
  void addsUpTheSecondsOfEachLevel() {
    // 400 lines of 0.0125 and 0.005 s each.
    assertThat(page)
        .contains(
            "<td class=\"figure\">0.00 %</td><td class=\"figure\">5.00</td><td class=\"figure\">2.00</td></tr>");
  }

  @Test
  void saysWhatCheckpointsCost() {
    assertThat(page).contains("Checkpoints, but for the last one, held training up for 2.5 s.");
  }

  @Test
  void saysThatAModelAboveTheUnigramBaselineIsAbove() {
    RunSummary s = Runs.SUMMARY;
    RunSummary worse =
        new RunSummary(
            s.command(),
            s.gitRevision(),
            s.seed(),
            s.workers(),
            s.steps(),
            s.tokens(),
            s.wallSeconds(),
            s.trainSeconds(),
            s.tokensPerSecond(),
            s.parameters(),
            s.parametersDigest(),
            s.trainLoss(),
            new RunSummary.Validation(6.5, Math.exp(6.5), 3, 10),
            s.baselines(),
            s.levels(),
            s.replicaHashesAgree(),
            s.peakRssBytes(),
            s.workersUsed(),
            s.report());

    assertThat(html(worse)).contains("The model is 0.250 nats above the unigram baseline");
  }

  @Test
  void escapesTheSample() {
    assertThat(page)
        .contains(
            "<span class=\"prompt\">The &lt;level&gt; </span>&quot;slow&quot; &amp; fast\n\tis updated.</blockquote>");
  }

  @Test
  void countsDroppedRecordsUnderTheirReasons() {
    assertThat(page)
        .contains("<td>exact-duplicate</td><td class=\"figure\">9</td>")
        .contains("130 records read, 118 kept, 12 dropped");
  }

  @Test
  void saysWhatIsMissingFromAnIncompleteRun() {
    RunSummary s = Runs.SUMMARY;
    RunSummary bare =
        new RunSummary(
            s.command(),
            s.gitRevision(),
            s.seed(),
            1,
            s.steps(),
            s.tokens(),
            s.wallSeconds(),
            s.trainSeconds(),
            s.tokensPerSecond(),
            s.parameters(),
            null,
            s.trainLoss(),
            null,
            null,
            List.of(new LevelTraffic("core", 10, 1, 400, 0, 0, 0)),
            true,
            s.peakRssBytes(),
            s.workersUsed(),
            null);

    assertThat(html(bare))
        .contains("by 1 worker in")
        .contains("Not evaluated")
        .contains("No points")
        .contains("No sample was kept")
        .contains("holds no data.json")
        .contains("<td class=\"figure\">none</td>");
  }

  @Test
  void marksTheUpdatesOfSlowLevelsAndOfNoOther() {
    assertThat(page)
        .contains(">mid</text><path class=\"mark")
        .contains(">slow</text><path class=\"mark")
        .doesNotContain(">fast</text><path class=\"mark");
  }

  @Test
  void countsTheTailFlushAmongTheUpdates() {
    assertThat(Charts.updates(new LevelTraffic("mid", 1, 4, 3, 3, 0, 0), 10))
        .containsExactly(4.0, 8.0, 10.0);
    assertThat(Charts.updates(new LevelTraffic("mid", 1, 5, 2, 2, 0, 0), 10))
        .containsExactly(5.0, 10.0);
  }

  private static String html(RunSummary summary) {
    return new RunPage(
            new Run(
                "r",
                summary,
                List.of(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.empty()))
        .html();
  }
}
