// SPDX-License-Identifier: Apache-2.0
package org.hopespark.model;

/**
 * A configuration that breaks a rule; the message is one line that names the key, the value, the
 * rule and the remedy.
 */
public final class InvalidConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidConfigException(String message) {
    super(message);
  }

  public InvalidConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
