// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/**
 * A byte-level BPE tokenizer: text bytes to ids and back, exact for every byte string.
 *
 * <p>Immutable and safe from many threads. Ids equal those of Hugging Face tokenizers for the same
 * {@code tokenizer.json} and every well-formed text, with {@code encode_special_tokens} on.
 */
public final class Tokenizer {
  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final EncoderPool encoders;

  Tokenizer(Vocabulary vocabulary, List<Merge> merges) {
    this.vocabulary = vocabulary;
    this.merges = new MergeTable(merges);
    WholePieces whole = new WholePieces(vocabulary, this.merges, false);
    this.encoders =
        new EncoderPool(() -> new PieceEncoder(SplitRule.GPT2, vocabulary, this.merges, whole));
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
    PieceEncoder encoder = encoders.take();
    encoder.encode(utf8, from, to, ids);
    encoders.giveBack(encoder);
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

  private byte[] toJson() {
    return TokenizerJsonWriter.toJson(vocabulary, merges.merges());
  }
}
