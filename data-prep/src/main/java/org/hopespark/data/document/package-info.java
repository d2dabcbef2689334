// SPDX-License-Identifier: Apache-2.0
/**
 * From files to documents. {@link org.hopespark.data.document.CorpusFiles} lists what the inputs
 * hold, a {@link org.hopespark.data.document.RecordReader} streams the records of one file, and
 * {@link org.hopespark.data.document.DocumentRows} gives each record its identity: an id from where
 * it stands, a hash from what it says. {@link org.hopespark.data.document.DocumentTally} sums up
 * what was written, in whatever order it is read.
 */
package org.hopespark.data.document;
