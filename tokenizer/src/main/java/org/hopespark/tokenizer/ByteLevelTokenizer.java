// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.io.OutputStream;
import java.util.List;
import java.util.Objects;

/**
 * A byte-level BPE tokenizer, exact for every byte string unless the tokenizer normalizes text, an
 * added token takes the white space beside it, or the vocabulary lacks bytes that UTF-8 never
 * holds, which become U+FFFD.
 *
 * <p>Ids equal those of Hugging Face tokenizers for the same {@code tokenizer.json} and every
 * well-formed text, with {@code encode_special_tokens} on.
 */
final class ByteLevelTokenizer extends Tokenizer {
  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final Pipeline pipeline;
  private final SpecialTexts specialTexts;
  private final EncoderPool encoders;

  /** A tokenizer by the GPT-2 rule, without added tokens but special ones. */
  ByteLevelTokenizer(Vocabulary vocabulary, List<Merge> merges) {
    this(vocabulary, merges, Pipeline.gpt2(vocabulary));
  }

  ByteLevelTokenizer(Vocabulary vocabulary, List<Merge> merges, Pipeline pipeline) {
    this.vocabulary = vocabulary;
    this.merges = new MergeTable(merges);
    this.pipeline = pipeline;
    this.specialTexts = new SpecialTexts(pipeline.addedTokens());
    WholePieces whole = new WholePieces(vocabulary, this.merges, pipeline.ignoreMerges());
    this.encoders =
        new EncoderPool(
            () ->
                new TextEncoder(
                    pipeline,
                    vocabulary,
                    new PieceEncoder(pipeline.rule(), vocabulary, this.merges, whole)));
  }

  @Override
  public void writeGpt2(OutputStream encoderJson, OutputStream vocabBpe) {
    Gpt2Files.write(vocabulary, merges.merges(), pipeline, encoderJson, vocabBpe);
  }

  @Override
  public void writeTiktoken(OutputStream ranks) {
    RankFile.write(vocabulary, merges.merges(), pipeline, ranks);
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size();
  }

  @Override
  public int endOfTextId() {
    return vocabulary.endOfTextId();
  }

  @Override
  public void encode(byte[] utf8, int from, int to, IdBuffer ids) {
    Objects.checkFromToIndex(from, to, utf8.length);
    encoders.encode(utf8, from, to, ids);
  }

  @Override
  long countSpecialTexts(byte[] utf8, int from, int to) {
    return specialTexts.count(utf8, from, to);
  }

  @Override
  public SplitRule splitRule() {
    return pipeline.rule();
  }

  @Override
  public boolean isNormalizing() {
    return pipeline.nfc();
  }

  @Override
  public byte[] bytes(int id) {
    return vocabulary.ordinary(id);
  }

  @Override
  public int byteLength(int id) {
    return vocabulary.byteLength(id);
  }

  @Override
  byte[] decoded(int id) {
    return vocabulary.decoded(id);
  }

  @Override
  byte[] toJson() {
    return TokenizerJsonWriter.toJson(vocabulary, merges.merges(), pipeline);
  }
}
