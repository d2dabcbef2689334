// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/** Encodes text piece by piece. Holds a cache and scratch space: one per thread. */
final class PieceEncoder {
  private final SplitRule rule;
  private final WholePieces whole;
  private final PieceMerger merger;
  private final PieceCache cache = new PieceCache();

  PieceEncoder(SplitRule rule, Vocabulary vocabulary, MergeTable merges, WholePieces whole) {
    this.rule = rule;
    this.whole = whole;
    this.merger = new PieceMerger(vocabulary, merges);
  }

  /** Appends the ids of {@code text[from, to)}, which sees nothing outside. */
  void encode(byte[] text, int from, int to, IdBuffer out) {
    int at = from;
    while (at < to) {
      int end = rule.pieceEnd(text, at, to);
      if (end - at <= PieceKey.MAX_BYTES) {
        encodeShort(text, at, end, out);
      } else {
        encodeLong(text, at, end, out);
      }
      at = end;
    }
  }

  private void encodeShort(byte[] text, int from, int to, IdBuffer out) {
    long low = PieceKey.low(text, from, to - from);
    long high = PieceKey.high(text, from, to - from);
    if (!cache.append(low, high, out)) {
      encodeNew(low, high, text, from, to, out);
    }
  }

  private void encodeNew(long low, long high, byte[] text, int from, int to, IdBuffer out) {
    int start = out.size();
    int id = whole.find(low, high);
    if (id != WholePieces.NONE) {
      out.append(id);
    } else if (cache.append(text, from, to, out)) {
      // Many ids: such pieces stay among the long ones.
      return;
    } else {
      merger.merge(text, from, to, out);
    }

    int count = out.size() - start;
    if (count <= 3) {
      cache.put(low, high, out.array(), start, count);
    } else {
      cache.put(text, from, to, out.array(), start, count);
    }
  }

  private void encodeLong(byte[] text, int from, int to, IdBuffer out) {
    boolean cacheable = to - from <= PieceCache.MAX_PIECE_BYTES;
    if (cacheable && cache.append(text, from, to, out)) {
      return;
    }

    int start = out.size();
    int id = whole.findLong(text, from, to);
    if (id != WholePieces.NONE) {
      out.append(id);
    } else {
      merger.merge(text, from, to, out);
    }
    if (cacheable) {
      cache.put(text, from, to, out.array(), start, out.size() - start);
    }
  }
}
