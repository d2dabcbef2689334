// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.hopespark.model.LanguageModel;
import org.hopespark.spark.report.TextSample;
import org.hopespark.spark.train.SavedModel;
import org.hopespark.tokenizer.StreamingDecoder;
import org.hopespark.tokenizer.Tokenizer;

/**
 * How text is drawn from a model.
 *
 * @param temperature 0 takes the likeliest token
 * @param topK tokens to choose from
 * @param seed of the choice
 */
record Generation(double temperature, int topK, long seed) {
  /**
   * Continues the prompt until the model ends the document or has written {@code maxTokens}. An
   * empty prompt starts a document.
   */
  TextSample sample(SavedModel saved, String prompt, int maxTokens) throws IOException {
    Tokenizer tokenizer = saved.tokenizer();
    int[] ids = tokenizer.encode(prompt.getBytes(StandardCharsets.UTF_8));
    int[] start = ids.length == 0 ? new int[] {tokenizer.endOfTextId()} : ids;
    try (LanguageModel model = saved.load()) {
      int[] written =
          model.generate(start, maxTokens, temperature, topK, seed, tokenizer.endOfTextId());
      return new TextSample(
          prompt,
          new String(continuation(tokenizer, written), StandardCharsets.UTF_8),
          temperature,
          topK,
          seed);
    }
  }

  /** The bytes of ids that follow others: a blank at their start stays. */
  private static byte[] continuation(Tokenizer tokenizer, int[] written) {
    StreamingDecoder decoder = tokenizer.streamingDecoder();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(decoder.decode(written));
    text.writeBytes(decoder.finish());
    return text.toByteArray();
  }
}
