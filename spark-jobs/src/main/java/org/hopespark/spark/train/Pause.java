// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.train;

/** How the driver waits; tests do not. */
@FunctionalInterface
interface Pause {
  void millis(long millis) throws InterruptedException;
}
