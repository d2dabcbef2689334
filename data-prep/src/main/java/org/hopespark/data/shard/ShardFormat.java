// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.hopespark.data.store.Json;

/**
 * What all shards of a data set have in common.
 *
 * @param domains names; the domain column of a shard holds positions in this list
 */
public record ShardFormat(
    int vocabularySize, int endOfTextId, String tokenizerDigest, List<String> domains)
    implements Serializable {
  /** Goes up when a reader of the version before would go wrong. */
  static final String VERSION = "1";

  static final String INPUT_IDS = "input_ids";
  static final String DOC_ID = "doc_id";
  static final String DOMAIN = "domain";
  public static final int DOC_ID_BYTES = 16;

  public TokenWidth width() {
    return TokenWidth.of(vocabularySize);
  }

  /** Bytes of a row in a shard: its tokens, its offset, its id and its domain. */
  public long rowBytes(long numTokens) {
    return numTokens * width().numBytes() + Integer.BYTES + DOC_ID_BYTES + Short.BYTES;
  }

  /** No column has nulls; metadata says how to read the ids without the manifest at hand. */
  Schema schema(String split, int ordinal) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("hope.format-version", VERSION);
    metadata.put("hope.split", split);
    metadata.put("hope.shard", Integer.toString(ordinal));
    metadata.put("hope.dtype", width().label());
    metadata.put("hope.vocabulary-size", Integer.toString(vocabularySize));
    metadata.put("hope.end-of-text-id", Integer.toString(endOfTextId));
    metadata.put("hope.tokenizer-sha256", tokenizerDigest);
    metadata.put("hope.domains", Json.line(domains));
    return new Schema(
        List.of(
            new Field(
                INPUT_IDS,
                FieldType.notNullable(ArrowType.List.INSTANCE),
                List.of(Field.notNullable("item", width().type()))),
            Field.notNullable(DOC_ID, new ArrowType.FixedSizeBinary(DOC_ID_BYTES)),
            Field.notNullable(DOMAIN, new ArrowType.Int(Short.SIZE, /* isSigned= */ true))),
        metadata);
  }
}
