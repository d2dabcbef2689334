// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Text bytes to ids and back. Immutable and safe from many threads.
 *
 * <p>A byte-level BPE is ours, and exact for every byte string but for the cases that {@link
 * #isNormalizing()} and {@link #read(InputStream)} name. Files of other models, such as
 * SentencePiece's, are encoded by a {@link TokenizerBinding} where there is one.
 */
public abstract sealed class Tokenizer permits BoundTokenizer, ByteLevelTokenizer {
  /**
   * Reads a Hugging Face {@code tokenizer.json}; does not close the stream. Its ids are those of
   * Hugging Face tokenizers with {@code encode_special_tokens} on, for every well-formed text.
   *
   * <p>What is no byte-level BPE as GPT-2's goes to the {@link TokenizerBinding} on the class path,
   * and is refused by the name of its field where there is none. A byte-level vocabulary may lack
   * bytes that UTF-8 never holds; they become U+FFFD.
   *
   * @throws InvalidTokenizerException if it is none, or asks for what is not supported, or the
   *     binding cannot be loaded
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
   * tokenizers give equal bytes, and a bound one the file that it was read from. Does not close the
   * stream.
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
  public abstract void writeGpt2(OutputStream encoderJson, OutputStream vocabBpe);

  /**
   * Writes a rank file of tiktoken, which holds neither the rule nor special tokens; does not close
   * the stream.
   *
   * @throws InvalidTokenizerException if the merges do not follow from the tokens alone, as those
   *     of a rank file do
   * @throws UncheckedIOException if the stream cannot be written
   */
  public abstract void writeTiktoken(OutputStream ranks);

  /** Number of ids, special tokens included: ids are 0 to this minus 1. */
  public abstract int vocabularySize();

  /**
   * Id of {@code <|endoftext|>}, or of what the file has in its place, which the caller puts after
   * each document.
   */
  public abstract int endOfTextId();

  /**
   * Ids of a text. All of it is ordinary: the spelling of a special token is plain text, and no
   * end-of-text id is appended. Bytes that are not UTF-8 are encoded like any other by a byte-level
   * BPE, and are U+FFFD to a binding.
   */
  public int[] encode(byte[] utf8) {
    IdBuffer ids = new IdBuffer(utf8.length / 4 + 8);
    encode(utf8, 0, utf8.length, ids);
    return ids.toArray();
  }

  /**
   * Appends the ids of {@code utf8[from, to)} to a buffer; otherwise as {@link #encode(byte[])}.
   */
  public abstract void encode(byte[] utf8, int from, int to, IdBuffer ids);

  /**
   * As {@link #encode(byte[], int, int, IdBuffer)}, and adds what was odd about the text to the
   * counts.
   */
  public void encode(byte[] utf8, int from, int to, IdBuffer ids, EncodingCounts counts) {
    encode(utf8, from, to, ids);
    counts.addInvalidSequences(Utf8.countInvalid(utf8, from, to));
    counts.addSpecialTexts(countSpecialTexts(utf8, from, to));
  }

  /** Number of spellings of special tokens in {@code utf8[from, to)}. */
  abstract long countSpecialTexts(byte[] utf8, int from, int to);

  /**
   * The rule by which text is cut into pieces.
   *
   * @throws InvalidTokenizerException if a binding cuts it
   */
  public abstract SplitRule splitRule();

  /**
   * Whether decoding gives back a normalized text rather than the one that was encoded: a
   * byte-level BPE that brings text to Unicode's normalization form C, and every binding. Then
   * bytes per token are those of the normalized text.
   */
  public abstract boolean isNormalizing();

  /**
   * A decoder that takes ids as they come and gives whole characters. They continue a text: a blank
   * at their start is one, which {@link #decode} may take for the one that some files put before
   * every text.
   */
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
      text.writeBytes(decoded(id));
    }
    return text.toByteArray();
  }

  /**
   * Bytes of text that one id stands for: none for a special token.
   *
   * @throws InvalidTokenizerException if the id is not in the vocabulary
   */
  public abstract byte[] bytes(int id);

  /**
   * Number of bytes of text that one id stands for, 0 for a special token: what bits per byte
   * divide by.
   *
   * @throws InvalidTokenizerException if the id is not in the vocabulary
   */
  public abstract int byteLength(int id);

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
  abstract byte[] decoded(int id);

  abstract byte[] toJson();
}
