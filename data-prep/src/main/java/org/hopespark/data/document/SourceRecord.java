// SPDX-License-Identifier: Apache-2.0
package org.hopespark.data.document;

/**
 * One record of a file: a text, or the reason why there is none.
 *
 * @param domain the Pile's set name, or the kind of file
 * @param text well-formed Unicode; null where the record is dropped
 * @param reason null where the record is kept
 * @param repaired whether ill-formed parts of the text were replaced by U+FFFD
 */
record SourceRecord(String domain, String text, DropReason reason, boolean repaired) {
  /** Keeps the text unless it is blank. */
  static SourceRecord of(String domain, Unicode text) {
    return text.isBlank()
        ? dropped(domain, DropReason.EMPTY_TEXT)
        : new SourceRecord(domain, text.text(), null, text.repaired());
  }

  static SourceRecord dropped(String domain, DropReason reason) {
    return new SourceRecord(domain, null, reason, /* repaired= */ false);
  }
}
