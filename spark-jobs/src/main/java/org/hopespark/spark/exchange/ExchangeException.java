// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark.exchange;

/** A peer or the network failed: this attempt of the segment is over on every rank. */
public class ExchangeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ExchangeException(String message) {
    super(message);
  }

  public ExchangeException(String message, Throwable cause) {
    super(message, cause);
  }
}
