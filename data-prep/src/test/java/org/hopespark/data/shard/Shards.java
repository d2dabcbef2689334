// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.hadoop.conf.Configuration;
import org.hopespark.data.store.Storage;

/** Shards of random documents, and Arrow's own reader as a second opinion on them. */
final class Shards {
  static final Configuration HADOOP = new Configuration();
  static final int END_OF_TEXT = 0;

  private Shards() {}

  static ShardFormat format(int vocabularySize) {
    return new ShardFormat(vocabularySize, END_OF_TEXT, "digest", List.of("code", "text"));
  }

  /** Documents of up to 40 ids, end-of-text not included. */
  static List<int[]> documents(int count, int vocabularySize, long seed) {
    Random random = new Random(seed);
    List<int[]> documents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      documents.add(random.ints(random.nextInt(41), 1, vocabularySize).toArray());
    }

    return documents;
  }

  /** Writes the documents under ids that count up. */
  static ShardSummary write(
      Path directory, ShardFormat format, List<int[]> documents, int maxBatchDocuments)
      throws IOException {
    try (ShardWriter writer =
        new ShardWriter(HADOOP, root(directory), format, "train", 0, "x", maxBatchDocuments)) {
      for (int i = 0; i < documents.size(); i++) {
        writer.add(id(i), i % 2, format.width().encode(documents.get(i), format.endOfTextId()));
      }

      return writer.finish();
    }
  }

  static byte[] id(int number) {
    byte[] id = new byte[ShardFormat.DOC_ID_BYTES];
    id[14] = (byte) (number >>> 8);
    id[15] = (byte) number;
    return id;
  }

  /** Rows of the file as Arrow's reader gives them. */
  static List<List<Integer>> rows(Path file) throws IOException {
    List<List<Integer>> rows = new ArrayList<>();
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader = new ArrowStreamReader(Files.newInputStream(file), allocator)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        ListVector ids = (ListVector) root.getVector("input_ids");
        for (int row = 0; row < root.getRowCount(); row++) {
          // A uint16 comes as Character, an int32 as Integer.
          rows.add(
              ids.getObject(row).stream()
                  .map(id -> id instanceof Character c ? (int) c : (Integer) id)
                  .toList());
        }
      }
    }

    return rows;
  }

  static org.apache.hadoop.fs.Path root(Path directory) {
    return Storage.qualified(HADOOP, directory.toString());
  }
}
