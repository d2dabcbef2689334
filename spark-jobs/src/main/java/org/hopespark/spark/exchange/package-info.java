// SPDX-License-Identifier: Apache-2.0
/**
 * How workers average a level without the driver. A {@link org.hopespark.spark.exchange.Transport}
 * binds a port and, once the addresses are known, proves to every peer over every lane that it
 * belongs to the same attempt of the same run. The resulting {@link
 * org.hopespark.spark.exchange.Collective} runs one {@link org.hopespark.spark.exchange.Operation}
 * at a time: contributions to the owner of a slice, who sums them in the canonical tree over ranks,
 * each as soon as a {@link org.hopespark.spark.exchange.Readiness} says that it is final; slices
 * from their owners to all; short messages to all. Bytes go from the caller's direct memory to the
 * socket and from the socket to the caller's memory; only rounding and encryption pass them through
 * memory of this package. No Spark class is needed here.
 */
package org.hopespark.spark.exchange;
