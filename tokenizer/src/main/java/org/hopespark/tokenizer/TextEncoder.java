// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/**
 * Encodes text: cuts it at added tokens, normalizes the parts, cuts them at the added tokens that
 * are looked for in normalized text, and leaves what is between to a {@link PieceEncoder}. Holds
 * scratch space: one per thread.
 */
final class TextEncoder {
  private final Pipeline pipeline;
  private final MissingBytes missing;
  private final PieceEncoder pieces;
  private final Nfc nfc = new Nfc();
  private final AddedTokens.Parts normalizedParts = new NormalizedParts();
  private final AddedTokens.Parts parts = new RawParts();
  private IdBuffer out;

  TextEncoder(Pipeline pipeline, Vocabulary vocabulary, PieceEncoder pieces) {
    this.pipeline = pipeline;
    this.missing = new MissingBytes(vocabulary);
    this.pieces = pieces;
  }

  /** Appends the ids of {@code text[from, to)}. */
  void encode(byte[] text, int from, int to, IdBuffer ids) {
    out = ids;
    if (missing.replace(text, from, to)) {
      pipeline.rawTokens().cut(missing.bytes(), 0, missing.size(), parts);
    } else {
      pipeline.rawTokens().cut(text, from, to, parts);
    }
    out = null;
  }

  private final class RawParts implements AddedTokens.Parts {
    @Override
    public void text(byte[] text, int from, int to) {
      if (pipeline.nfc() && nfc.normalize(text, from, to)) {
        pipeline.normalizedTokens().cut(nfc.bytes(), 0, nfc.size(), normalizedParts);
      } else {
        pipeline.normalizedTokens().cut(text, from, to, normalizedParts);
      }
    }

    @Override
    public void token(int id) {
      out.append(id);
    }
  }

  private final class NormalizedParts implements AddedTokens.Parts {
    @Override
    public void text(byte[] text, int from, int to) {
      pieces.encode(text, from, to, out);
    }

    @Override
    public void token(int id) {
      out.append(id);
    }
  }
}
