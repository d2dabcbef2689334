// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.hopespark.data.CorruptDataException;
import org.hopespark.data.store.Checksum;
import org.hopespark.data.store.Storage;

/**
 * Reads one shard through Arrow's own stream reader and compares what it finds with the manifest
 * and the index: schema, counts, digest and range of the ids, end-of-text at the end of each
 * document, the order of the document ids.
 */
public final class ShardCheck {
  private final Configuration hadoop;
  private final Path directory;
  private final ShardFormat format;
  private final ShardSummary promised;
  private final MessageDigest tokensSha256 = Checksum.sha256();
  private final SortedMap<String, Long> tokensByDomain = new TreeMap<>();
  private long documents;
  private long tokens;
  private int minId = Integer.MAX_VALUE;
  private int maxId = Integer.MIN_VALUE;
  private String firstDocument;
  private String lastDocument;

  public ShardCheck(
      Configuration hadoop, Path directory, ShardFormat format, ShardSummary promised) {
    this.hadoop = hadoop;
    this.directory = directory;
    this.format = format;
    this.promised = promised;
  }

  /**
   * @throws CorruptDataException naming the file and what differs
   */
  public void run() {
    ShardIndex index = TokenShard.index(hadoop, directory, promised);
    Path path = new Path(directory, promised.file().name());
    try (BufferAllocator allocator = new RootAllocator();
        InputStream in = new BufferedInputStream(Storage.openListed(hadoop, path));
        ArrowStreamReader reader = new ArrowStreamReader(in, allocator)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      Schema schema = format.schema(promised.split(), promised.ordinal());
      expect("schema and its metadata as expected", true, root.getSchema().equals(schema));
      int batch = 0;
      while (reader.loadNextBatch()) {
        expect("number of batches", index.batches().size() > batch, true);
        checkBatch(root, index.batches().get(batch));
        batch++;
      }

      expect("number of batches", index.batches().size(), batch);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read [" + Storage.display(path) + "]", e);
    }

    compareSums(index);
  }

  private void checkBatch(VectorSchemaRoot root, ShardIndex.Batch batch) {
    expect("documents of a batch", batch.documents(), (long) root.getRowCount());
    expect("first document of a batch", batch.firstDocument(), documents);
    expect("first token of a batch", batch.firstToken(), tokens);
    ListVector rows = (ListVector) root.getVector(ShardFormat.INPUT_IDS);
    FixedSizeBinaryVector ids = (FixedSizeBinaryVector) root.getVector(ShardFormat.DOC_ID);
    SmallIntVector domains = (SmallIntVector) root.getVector(ShardFormat.DOMAIN);
    ArrowBuf values = rows.getDataVector().getDataBuffer();
    for (int row = 0; row < root.getRowCount(); row++) {
      checkDocument(Checksum.hex(ids.get(row)));
      int start = rows.getElementStartIndex(row);
      int end = rows.getElementEndIndex(row);
      checkTokens(values, start, end);
      int domain = domains.get(row);
      expect("domain of a document", domain >= 0 && domain < format.domains().size(), true);
      tokensByDomain.merge(format.domains().get(domain), (long) end - start, Long::sum);
    }

    documents += root.getRowCount();
    tokens += rows.getDataVector().getValueCount();
    expect("tokens of a batch", batch.firstToken() + batch.tokens(), tokens);
  }

  private void checkDocument(String id) {
    expect("order of the documents", lastDocument == null || lastDocument.compareTo(id) < 0, true);
    firstDocument = firstDocument == null ? id : firstDocument;
    lastDocument = id;
  }

  private void checkTokens(ArrowBuf values, int start, int end) {
    int width = format.width().numBytes();
    ByteBuffer ids =
        ByteBuffer.allocate((end - start) * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int id = -1;
    for (int at = start; at < end; at++) {
      id =
          format.width() == TokenWidth.UINT16
              ? values.getChar((long) at * width)
              : values.getInt((long) at * width);
      minId = Math.min(minId, id);
      maxId = Math.max(maxId, id);
      ids.putInt(id);
    }

    expect("last token of a document", format.endOfTextId(), id);
    tokensSha256.update(ids.array());
  }

  private void compareSums(ShardIndex index) {
    expect("number of documents", promised.documents(), documents);
    expect("number of tokens", promised.tokens(), tokens);
    expect("index's number of documents", index.documents(), documents);
    expect("index's number of tokens", index.tokens(), tokens);
    expect("index's bytes per token", index.tokenBytes(), format.width().numBytes());
    expect("sha256 over tokens", promised.tokensSha256(), Checksum.hex(tokensSha256.digest()));
    expect("smallest token id", promised.minId(), minId);
    expect("largest token id", promised.maxId(), maxId);
    expect(
        "range of token ids within the vocabulary",
        minId >= 0 && maxId < format.vocabularySize(),
        true);
    expect("first document", promised.firstDocument(), firstDocument);
    expect("last document", promised.lastDocument(), lastDocument);
    expect("tokens by domain", promised.tokensByDomain(), tokensByDomain);
  }

  private void expect(String what, Object expected, Object found) {
    if (!expected.toString().equals(found.toString())) {
      throw promised.file().corrupt(directory, what, expected.toString(), found.toString());
    }
  }
}
