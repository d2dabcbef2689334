// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowBuffer;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.store.Checksum;
import org.hopespark.data.store.FileDigest;
import org.hopespark.data.store.Storage;

/**
 * The Arrow IPC stream of one shard (Arrow columnar format, "IPC Streaming Format"), with digests
 * taken on the way and the file offsets of the buffers kept. Batches are made from raw buffers: the
 * rows have the column layout already. Arrow's serializer aligns buffers to 8 bytes.
 */
final class ArrowStreamFile implements AutoCloseable {
  /** Continuation marker and a length of zero. */
  private static final byte[] END_OF_STREAM = {-1, -1, -1, -1, 0, 0, 0, 0};

  /** Positions in the list of buffers; each column has a validity buffer before it, empty here. */
  private static final int OFFSETS = 1;

  private static final int VALUES = 3;
  private static final int IDS = 5;
  private static final int DOMAINS = 7;

  private final OutputStream out;
  private final Checksum checksum = new Checksum();
  private final WriteChannel channel;
  private final BufferAllocator allocator = new RootAllocator();
  private final int tokenBytes;
  private final List<ShardIndex.Batch> batches = new ArrayList<>();
  private long documents;
  private long tokens;

  ArrowStreamFile(
      Configuration hadoop, Path directory, String name, Schema schema, TokenWidth width)
      throws IOException {
    Path path = new Path(directory, name);
    this.out = Storage.fileSystem(hadoop, path).create(path, /* overwrite= */ false);
    this.channel = new WriteChannel(new Digested());
    this.tokenBytes = width.numBytes();
    MessageSerializer.serialize(channel, schema);
  }

  void write(RowBuffer rows) throws IOException {
    List<ArrowBuf> buffers = new ArrayList<>();
    try {
      for (ByteBuffer column : List.of(rows.offsets(), rows.values(), rows.ids(), rows.domains())) {
        buffers.add(allocator.getEmpty());
        buffers.add(copy(column));
      }

      int numRows = rows.documents();
      List<ArrowFieldNode> nodes =
          List.of(node(numRows), node(rows.tokens()), node(numRows), node(numRows));
      try (ArrowRecordBatch batch = new ArrowRecordBatch(numRows, nodes, buffers)) {
        ArrowBlock block = MessageSerializer.serialize(channel, batch);
        long body = block.getOffset() + block.getMetadataLength();
        List<ArrowBuffer> layout = batch.getBuffersLayout();
        batches.add(
            new ShardIndex.Batch(
                body + layout.get(VALUES).getOffset(),
                body + layout.get(OFFSETS).getOffset(),
                body + layout.get(IDS).getOffset(),
                body + layout.get(DOMAINS).getOffset(),
                numRows,
                rows.tokens(),
                documents,
                tokens));
      }

      documents += numRows;
      tokens += rows.tokens();
    } finally {
      buffers.forEach(ArrowBuf::close);
    }
  }

  /** Ends the stream; the digest is of the file as it was sent. */
  FileDigest finish(String name) throws IOException {
    channel.write(END_OF_STREAM);
    out.close();
    return checksum.digest(name);
  }

  ShardIndex index() {
    return new ShardIndex(tokenBytes, documents, tokens, List.copyOf(batches));
  }

  @Override
  public void close() throws IOException {
    allocator.close();
    out.close();
  }

  private ArrowBuf copy(ByteBuffer column) {
    ArrowBuf buffer = allocator.buffer(column.remaining());
    buffer.setBytes(0, column.array(), column.arrayOffset(), column.remaining());
    buffer.writerIndex(column.remaining());
    return buffer;
  }

  private static ArrowFieldNode node(long length) {
    return new ArrowFieldNode(length, /* nullCount= */ 0);
  }

  private final class Digested implements WritableByteChannel {
    private final byte[] chunk = new byte[1 << 16];

    @Override
    public int write(ByteBuffer source) throws IOException {
      int total = source.remaining();
      while (source.hasRemaining()) {
        int length = Math.min(chunk.length, source.remaining());
        source.get(chunk, 0, length);
        checksum.update(chunk, 0, length);
        out.write(chunk, 0, length);
      }

      return total;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
