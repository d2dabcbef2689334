// SPDX-License-Identifier: Apache-2.0
/**
 * Files and their commit. Every stage opens an {@link org.hopespark.data.store.OutputDirectory},
 * writes files whose names carry its attempt, and commits by a manifest that is written last and
 * only if no other attempt wrote one. {@link org.hopespark.data.store.FileDigest} is what a
 * manifest promises of one file; readers open only what a manifest lists.
 */
package org.hopespark.data.store;
