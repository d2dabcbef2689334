// SPDX-License-Identifier: Apache-2.0
package org.hopespark.tokenizer;

/** Two neighbouring tokens and the token that they become. */
record Merge(int left, int right, int result) {}
