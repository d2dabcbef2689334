/**
 * The network: embedding, blocks of {@link org.hopespark.model.layer.SelfModifyingTitans} or {@link
 * org.hopespark.model.layer.SelfAttention} and CMS levels on one residual stream, tied head. {@link
 * org.hopespark.model.layer.BlockNetwork} walks them forward and backward over the streams of one
 * shard on one thread; all memory comes from one arena that is measured first.
 */
package org.hopespark.model.layer;
