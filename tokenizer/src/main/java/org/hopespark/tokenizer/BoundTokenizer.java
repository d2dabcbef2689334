// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A tokenizer of another model, encoded by a binding. Text that is not UTF-8 becomes U+FFFD, and
 * what the file's normalizer drops is lost; ids, tokens and the end of text are the file's.
 */
final class BoundTokenizer extends Tokenizer {
  /** What ends a document, by the first of these that is a special token of the file. */
  private static final List<String> ENDS_OF_TEXT =
      List.of(Vocabulary.END_OF_TEXT, "<|end_of_text|>", "</s>", "<eos>", "[EOS]", "[SEP]");

  private final byte[] file;
  private final TokenTable tokens;
  private final TokenSpelling spelling;
  private final SpecialTexts specialTexts;
  private final int endOfTextId;
  private final TokenizerBinding.Encoder encoder;

  private BoundTokenizer(byte[] file, BoundFile read, TokenizerBinding binding) {
    this.file = file;
    this.tokens = read.tokens();
    this.spelling = read.spelling();
    this.specialTexts = new SpecialTexts(read.addedTokens());
    this.endOfTextId = read.specialId(ENDS_OF_TEXT);
    if (endOfTextId < 0) {
      throw new InvalidTokenizerException(
          "Missing special token %s: one of them ends every document. Add one to the file's added_tokens."
              .formatted(ENDS_OF_TEXT));
    }
    this.encoder = binding.open(read.withoutSpecialTexts());
  }

  /** Reads a parsed file that is no byte-level BPE. */
  static BoundTokenizer read(byte[] file, JsonNode root, TokenizerBinding binding) {
    return new BoundTokenizer(file.clone(), BoundFile.read(root), binding);
  }

  @Override
  public void writeGpt2(OutputStream encoderJson, OutputStream vocabBpe) {
    throw cannotWrite("vocab.bpe");
  }

  @Override
  public void writeTiktoken(OutputStream ranks) {
    throw cannotWrite("rank file");
  }

  private static InvalidTokenizerException cannotWrite(String kind) {
    return new InvalidTokenizerException(
        "Cannot write [%s]: it holds a byte-level BPE only. Write tokenizer.json.".formatted(kind));
  }

  @Override
  public int vocabularySize() {
    return tokens.size();
  }

  @Override
  public int endOfTextId() {
    return endOfTextId;
  }

  @Override
  public void encode(byte[] utf8, int from, int to, IdBuffer ids) {
    Objects.checkFromToIndex(from, to, utf8.length);
    int[] encoded = encoder.encode(new String(utf8, from, to - from, UTF_8));
    for (int id : encoded) {
      if (id < 0 || id >= tokens.size()) {
        throw new InvalidTokenizerException(
            "Invalid token id [%d]: the file has ids 0 to %d, its binding gave another. Check that added_tokens follow the vocabulary."
                .formatted(id, tokens.size() - 1));
      }
    }
    ids.append(encoded, 0, encoded.length);
  }

  @Override
  long countSpecialTexts(byte[] utf8, int from, int to) {
    return specialTexts.count(utf8, from, to);
  }

  @Override
  public SplitRule splitRule() {
    throw new InvalidTokenizerException(
        "Missing splitting rule []: the file is no byte-level BPE. Use a byte-level BPE file like GPT-2's.");
  }

  @Override
  public boolean isNormalizing() {
    return true;
  }

  @Override
  public byte[] decode(int[] ids) {
    byte[] text = super.decode(ids);
    boolean prefixed = spelling.putsBlankFirst() && text.length > 0 && text[0] == ' ';
    return prefixed ? Arrays.copyOfRange(text, 1, text.length) : text;
  }

  @Override
  public byte[] bytes(int id) {
    return tokens.ordinary(id);
  }

  @Override
  public int byteLength(int id) {
    return tokens.byteLength(id);
  }

  @Override
  byte[] decoded(int id) {
    return tokens.decoded(id);
  }

  @Override
  byte[] toJson() {
    return file.clone();
  }
}
