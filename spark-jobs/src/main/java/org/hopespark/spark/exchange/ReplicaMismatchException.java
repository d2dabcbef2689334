// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

/**
 * Two replicas hold different parameters at a synchronisation; training on would be meaningless.
 */
public final class ReplicaMismatchException extends ExchangeException {
  private static final long serialVersionUID = 1L;

  public ReplicaMismatchException(String message) {
    super(message);
  }
}
