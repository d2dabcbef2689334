// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the buffers of a shard's record batches lie in its file.
 *
 * <p>On disk little-endian: the magic {@code HOPEIDX1}, the number of batches (int32), bytes per
 * token (int32), documents and tokens (int64 each), then eight int64 per batch in the order of
 * {@link Batch}.
 */
public record ShardIndex(int tokenBytes, long documents, long tokens, List<Batch> batches) {
  private static final long MAGIC = 0x3158444945504F48L;
  private static final int HEADER_BYTES = 32;
  private static final int BATCH_BYTES = 64;

  /**
   * One record batch.
   *
   * @param valuesAt file offset of the tokens: the batch's documents, one after another
   * @param offsetsAt file offset of the int32 borders of documents within the values
   * @param idsAt file offset of the 16-byte document ids
   * @param domainsAt file offset of the int16 domains
   * @param firstDocument documents of the shard before this batch
   * @param firstToken tokens of the shard before this batch
   */
  public record Batch(
      long valuesAt,
      long offsetsAt,
      long idsAt,
      long domainsAt,
      long documents,
      long tokens,
      long firstDocument,
      long firstToken) {}

  byte[] toBytes() {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + BATCH_BYTES * batches.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(batches.size()).putInt(tokenBytes).putLong(documents).putLong(tokens);
    for (Batch batch : batches) {
      out.putLong(batch.valuesAt)
          .putLong(batch.offsetsAt)
          .putLong(batch.idsAt)
          .putLong(batch.domainsAt)
          .putLong(batch.documents)
          .putLong(batch.tokens)
          .putLong(batch.firstDocument)
          .putLong(batch.firstToken);
    }

    return out.array();
  }

  /**
   * @throws IllegalArgumentException if the bytes are no index
   */
  static ShardIndex parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (in.getLong() != MAGIC) {
        throw new IllegalArgumentException("it does not begin with HOPEIDX1");
      }

      int numBatches = in.getInt();
      int tokenBytes = in.getInt();
      long documents = in.getLong();
      long tokens = in.getLong();
      if (numBatches < 0 || in.remaining() != (long) numBatches * BATCH_BYTES) {
        throw new IllegalArgumentException("its size does not fit " + numBatches + " batches");
      }

      List<Batch> batches = new ArrayList<>();
      for (int i = 0; i < numBatches; i++) {
        batches.add(
            new Batch(
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong()));
      }

      return new ShardIndex(tokenBytes, documents, tokens, List.copyOf(batches));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("it is shorter than its header", e);
    }
  }
}
