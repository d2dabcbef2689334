// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hopespark.data.testing.SharedData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of the data, on real text. */
class TestPipeline {
  @TempDir Path dir;

  @Test
  void bringsThePileSampleFromTextToVerifiedShards() {
    PrepareResult documents =
        new PrepareDocuments(LocalSpark.session())
            .inputs(List.of(SharedData.file("pile/pile_sample.train.jsonl.zst").toString()))
            .output(dir.resolve("documents").toString())
            .execute();
    assertThat(documents.documents()).isEqualTo(4115);
    assertThat(documents.recordsRead()).isEqualTo(4115);
    assertThat(documents.droppedByReason()).isEmpty();

    TrainTokenizerResult tokenizer =
        new TrainTokenizer(LocalSpark.session())
            .input(documents.output())
            .vocabularySize(400)
            .output(dir.resolve("tokenizer.json").toString())
            .execute();
    assertThat(tokenizer.vocabularySize()).isEqualTo(400);
    assertThat(tokenizer.report().bytes()).isEqualTo(documents.bytesBySplit().get("train"));

    TokenizeResult shards =
        new TokenizeDocuments(LocalSpark.session())
            .input(documents.output())
            .tokenizer(tokenizer.output())
            .output(dir.resolve("shards").toString())
            .shardBytes(4 << 20)
            .execute();
    assertThat(shards.documentsBySplit()).isEqualTo(documents.documentsBySplit());
    assertThat(shards.shards()).isGreaterThan(5);

    VerifyResult verified = new VerifyDataset(LocalSpark.hadoop()).path(shards.output()).execute();
    Map<String, Long> tokens = shards.tokensBySplit();
    assertThat(verified.tokens()).isEqualTo(tokens.get("train") + tokens.get("validation"));
    assertThat(new VerifyDataset(LocalSpark.hadoop()).path(documents.output()).execute().kind())
        .isEqualTo("documents");
  }
}
