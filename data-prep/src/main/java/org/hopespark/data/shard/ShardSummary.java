// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.shard;

import java.io.Serializable;
import java.util.SortedMap;
import org.hopespark.data.store.FileDigest;

/**
 * What the manifest says of one shard.
 *
 * @param ordinal position in its split
 * @param file the Arrow stream
 * @param index the byte offsets into it
 * @param tokensSha256 over the shard's ids in order, each as little-endian int32
 * @param firstDocument smallest document id, 32 hex digits; ids go up within a shard and from shard
 *     to shard
 * @param tokensByDomain end-of-text tokens included
 */
public record ShardSummary(
    String split,
    int ordinal,
    FileDigest file,
    FileDigest index,
    long documents,
    long tokens,
    String tokensSha256,
    int minId,
    int maxId,
    String firstDocument,
    String lastDocument,
    SortedMap<String, Long> tokensByDomain)
    implements Serializable {}
