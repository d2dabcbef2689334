// SPDX-License-Identifier: Apache-2.0
/**
 * Tokens on disk. A {@link org.hopespark.data.shard.ShardPlan} says which documents go into which
 * shard, a {@link org.hopespark.data.shard.ShardWriter} writes one shard as an Arrow IPC stream
 * with its {@link org.hopespark.data.shard.ShardIndex}, and the {@link
 * org.hopespark.data.shard.DatasetManifest} lists what came of it. {@link
 * org.hopespark.data.shard.TokenShard} reads tokens straight from the bytes of a shard by the
 * index; {@link org.hopespark.data.shard.ShardCheck} reads the same file through Arrow's own
 * reader.
 */
package org.hopespark.data.shard;
