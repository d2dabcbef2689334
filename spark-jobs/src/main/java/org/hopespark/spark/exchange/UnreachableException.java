// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

/** A peer's port cannot be reached: the network forbids it, or nobody listens there any more. */
public final class UnreachableException extends ExchangeException {
  private static final long serialVersionUID = 1L;

  public UnreachableException(String message) {
    super(message);
  }

  public UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
