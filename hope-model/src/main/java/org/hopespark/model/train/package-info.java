/**
 * One worker's share of a training run: token ids of its virtual shards go into {@link
 * org.hopespark.model.train.Replica#accumulate}, gradients gather shard by shard, and at a level's
 * boundary they are summed in one fixed tree, layer by layer as they become final where somebody
 * listens ({@link org.hopespark.model.train.Alongside}), exchanged by whoever owns the replica, and
 * applied. {@link org.hopespark.model.train.ReplicaState} is what a checkpoint keeps of it.
 */
package org.hopespark.model.train;
