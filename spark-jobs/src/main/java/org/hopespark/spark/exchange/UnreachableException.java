// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

/**
 * A port cannot be used: the network forbids to reach a peer's, nobody listens there any more, or
 * none can be bound here.
 */
public final class UnreachableException extends ExchangeException {
  private static final long serialVersionUID = 1L;

  public UnreachableException(String message) {
    super(message);
  }

  public UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
