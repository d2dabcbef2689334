// SPDX-License-Identifier: Apache-2.0
/**
 * How workers sum a level's gradient without the driver. A {@link
 * org.hopespark.spark.exchange.Transport} binds a port and, once the addresses are known, proves to
 * every peer that it belongs to the same attempt of the same run; the resulting {@link
 * org.hopespark.spark.exchange.Collective} then all-reduces one contiguous float32 range at a time:
 * each rank owns a slice, sums the contributions to it in the canonical tree over ranks, and sends
 * the sum to all. Bytes go from the caller's direct memory to the socket and from the socket to the
 * caller's memory; no Spark class is needed here.
 */
package org.hopespark.spark.exchange;
