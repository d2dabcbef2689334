// SPDX-License-Identifier: Apache-2.0
/**
 * Hugging Face's own library, as DJL packs it, for files that the tokenizer module does not encode
 * itself. {@link org.hopespark.tokenizer.Tokenizer#read} finds {@link
 * org.hopespark.tokenizer.djl.DjlBinding} as a service, {@link
 * org.hopespark.tokenizer.djl.NativeLibrary} unpacks and loads the library, and {@link
 * org.hopespark.tokenizer.djl.NativeEncoder} passes a text through it.
 */
package org.hopespark.tokenizer.djl;
