// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

/** Why a record became no document. A record has one reason at most. */
public enum DropReason {
  /** A NUL byte in the first 8 KiB of a file that should be text. */
  BINARY("binary"),
  BLANK_LINE("blank-line"),
  /** The same text stands in a document with a smaller (source, ordinal). */
  DUPLICATE("duplicate"),
  /** No text, or nothing but white space. */
  EMPTY_TEXT("empty-text"),
  INVALID_JSON("invalid-json"),
  MISSING_TEXT("missing-text"),
  NON_STRING_TEXT("non-string-text"),
  /** JSON, but no object. */
  NOT_AN_OBJECT("not-an-object"),
  /** Above {@link RecordReader#MAX_RECORD_BYTES}. */
  TOO_LONG("too-long");

  private final String label;

  DropReason(String label) {
    this.label = label;
  }

  /** The name in reports and manifests. */
  public String label() {
    return label;
  }
}
