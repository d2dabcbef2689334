// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A byte-level BPE tokenizer: text bytes to ids and back, exact for every byte string unless the
 * tokenizer normalizes text, an added token takes the white space beside it, or the vocabulary
 * lacks bytes that UTF-8 never holds, which become U+FFFD.
 *
 * <p>Immutable and safe from many threads. Ids equal those of Hugging Face tokenizers for the same
 * {@code tokenizer.json} and every well-formed text, with {@code encode_special_tokens} on.
 */
public final class Tokenizer {
  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final Pipeline pipeline;
  private final SpecialTexts specialTexts;
  private final EncoderPool encoders;

  /** A tokenizer by the GPT-2 rule, without added tokens but special ones. */
  Tokenizer(Vocabulary vocabulary, List<Merge> merges) {
    this(vocabulary, merges, Pipeline.gpt2(vocabulary));
  }

  Tokenizer(Vocabulary vocabulary, List<Merge> merges, Pipeline pipeline) {
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

  /**
   * Reads a Hugging Face {@code tokenizer.json} of a byte-level BPE; does not close the stream.
   *
   * @throws InvalidTokenizerException if it is none, or asks for what is not supported
   * @throws UncheckedIOException if the stream cannot be read
   */
  public static Tokenizer read(InputStream tokenizerJson) {
    return TokenizerJsonReader.read(tokenizerJson);
  }

  /**
   * Reads GPT-2's own two files, {@code encoder.json} (or {@code vocab.json}) and {@code vocab.bpe}
   * (or {@code merges.txt}); closes neither stream.
   *
   * @throws InvalidTokenizerException if they are none
   * @throws UncheckedIOException if a stream cannot be read
   */
  public static Tokenizer readGpt2(InputStream encoderJson, InputStream vocabBpe) {
    return Gpt2Files.read(encoderJson, vocabBpe);
  }

  /**
   * Reads a rank file of tiktoken: per line the bytes of a token in base64, and its rank, which is
   * its id. Does not close the stream. A piece that is a token needs no merges, as there.
   *
   * @param specialTokens ids of special tokens by their text; one has to be the end of text
   * @throws InvalidTokenizerException if it is none
   * @throws UncheckedIOException if the stream cannot be read
   */
  public static Tokenizer readTiktoken(
      InputStream ranks, SplitRule rule, Map<String, Integer> specialTokens) {
    return RankFile.read(ranks, rule, specialTokens);
  }

  /**
   * Writes a {@code tokenizer.json} that gives the same ids in Hugging Face tokenizers; equal
   * tokenizers give equal bytes. Does not close the stream.
   *
   * @throws UncheckedIOException if the stream cannot be written
   */
  public void write(OutputStream out) {
    try {
      out.write(toJson());
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes GPT-2's two files; closes neither stream.
   *
   * @throws InvalidTokenizerException if they cannot hold this tokenizer
   * @throws UncheckedIOException if a stream cannot be written
   */
  public void writeGpt2(OutputStream encoderJson, OutputStream vocabBpe) {
    Gpt2Files.write(vocabulary, merges.merges(), pipeline, encoderJson, vocabBpe);
  }

  /**
   * Writes a rank file of tiktoken, which holds neither the rule nor special tokens; does not close
   * the stream.
   *
   * @throws InvalidTokenizerException if the merges do not follow from the tokens alone, as those
   *     of a rank file do
   * @throws UncheckedIOException if the stream cannot be written
   */
  public void writeTiktoken(OutputStream ranks) {
    RankFile.write(vocabulary, merges.merges(), pipeline, ranks);
  }

  /** Number of ids, special tokens included: ids are 0 to this minus 1. */
  public int vocabularySize() {
    return vocabulary.size();
  }

  /** Id of {@code <|endoftext|>}, which the caller puts after each document. */
  public int endOfTextId() {
    return vocabulary.endOfTextId();
  }

  /**
   * Ids of a text. All of it is ordinary: the spelling of a special token is plain text, and no
   * end-of-text id is appended. Bytes that are not UTF-8 are encoded like any other.
   */
  public int[] encode(byte[] utf8) {
    IdBuffer ids = new IdBuffer(utf8.length / 4 + 8);
    encode(utf8, 0, utf8.length, ids);
    return ids.toArray();
  }

  /**
   * Appends the ids of {@code utf8[from, to)} to a buffer; otherwise as {@link #encode(byte[])}.
   */
  public void encode(byte[] utf8, int from, int to, IdBuffer ids) {
    Objects.checkFromToIndex(from, to, utf8.length);
    encoders.encode(utf8, from, to, ids);
  }

  /**
   * As {@link #encode(byte[], int, int, IdBuffer)}, and adds what was odd about the text to the
   * counts.
   */
  public void encode(byte[] utf8, int from, int to, IdBuffer ids, EncodingCounts counts) {
    encode(utf8, from, to, ids);
    counts.addInvalidSequences(Utf8.countInvalid(utf8, from, to));
    counts.addSpecialTexts(specialTexts.count(utf8, from, to));
  }

  /** The rule by which text is cut into pieces. */
  public SplitRule splitRule() {
    return pipeline.rule();
  }

  /**
   * Whether text is brought to Unicode's normalization form C first. Then decoding gives back the
   * normalized text, and bytes per token are those of it.
   */
  public boolean isNormalizing() {
    return pipeline.nfc();
  }

  /** A decoder that takes ids as they come and gives whole characters. */
  public StreamingDecoder streamingDecoder() {
    return new StreamingDecoder(this);
  }

  /**
   * Bytes that ids stand for; special tokens become their text.
   *
   * @throws InvalidTokenizerException if an id is not in the vocabulary
   */
  public byte[] decode(int[] ids) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(ids.length * 4);
    for (int id : ids) {
      text.writeBytes(vocabulary.decoded(id));
    }
    return text.toByteArray();
  }

  /**
   * Bytes of text that one id stands for: none for a special token.
   *
   * @throws InvalidTokenizerException if the id is not in the vocabulary
   */
  public byte[] bytes(int id) {
    return vocabulary.ordinary(id);
  }

  /**
   * Number of bytes of text that one id stands for, 0 for a special token: what bits per byte
   * divide by.
   *
   * @throws InvalidTokenizerException if the id is not in the vocabulary
   */
  public int byteLength(int id) {
    return vocabulary.byteLength(id);
  }

  /** SHA-256, in hexadecimal, of the bytes that {@link #write} gives. */
  public String digest() {
    return Bytes.sha256(toJson());
  }

  /**
   * SHA-256, in hexadecimal, of the table of Unicode classes that decides where text is split: ids
   * of two builds are comparable where it is equal.
   */
  public static String unicodeTableDigest() {
    return UnicodeClasses.sha256();
  }

  /** Bytes that an id decodes to; not to be altered. */
  byte[] decoded(int id) {
    return vocabulary.decoded(id);
  }

  private byte[] toJson() {
    return TokenizerJsonWriter.toJson(vocabulary, merges.merges(), pipeline);
  }
}
