// SPDX-License-Identifier: Apache-2.0
/** Byte-level BPE. */
package org.hopespark.tokenizer;
